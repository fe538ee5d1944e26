// Looks at chosen files before they are sent: kind by content, pixels, weight, length of an animation. What it says is
// advice in the moment; the server checks again, and the form works without this.
//
// An input says what it wants: data-takes ("picture", "word" or both), data-width and data-height, data-kilobytes, and
// data-place for a picture that has a place on the page. The words stand in #file-words.

const words = document.getElementById("file-words")?.dataset;
const fill = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_all, name) => facts[name] ?? "");
// Kept in its direction: in Arabic text “728 × 90” would read as 90 × 728.
const size = (width, height) => `\u2066${width} × ${height}\u2069`;
const OLE = [0xd0, 0xcf, 0x11, 0xe0];
const startsWith = (bytes, sign) => sign.every((byte, n) => bytes[n] === byte);

function jpegSize(view) {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) { at += 1; continue; }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8) ? 2 : 2 + view.getUint16(at + 2);
  }
  return null;
}

// Hundredths of a second of all frames: the times stand in the graphic control extensions.
function gifLength(view) {
  const table = (flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const skip = (at) => {
    while (at < view.byteLength && view.getUint8(at)) at += view.getUint8(at) + 1;
    return at + 1;
  };
  let at = 13 + table(view.getUint8(10));
  let length = 0;
  let frames = 0;
  while (at + 1 < view.byteLength) {
    const block = view.getUint8(at);
    if (block === 0x21) {
      if (view.getUint8(at + 1) === 0xf9 && at + 6 < view.byteLength) length += view.getUint16(at + 4, true);
      at = skip(at + 2);
    } else if (block === 0x2c && at + 9 < view.byteLength) {
      frames += 1;
      at = skip(at + 11 + table(view.getUint8(at + 9)));
    } else {
      break;
    }
  }
  return frames > 1 ? length : 0;
}

// {kind: "picture" | "word" | "old-word" | "other", pixels, length}
async function look(file) {
  const view = new DataView(await file.arrayBuffer());
  const bytes = new Uint8Array(view.buffer, 0, Math.min(8, view.byteLength));
  try {
    if (startsWith(bytes, [0xff, 0xd8])) return { kind: "picture", pixels: jpegSize(view), length: 0 };
    if (startsWith(bytes, [0x47, 0x49, 0x46, 0x38])) {
      const pixels = [view.getUint16(6, true), view.getUint16(8, true)];
      return { kind: "picture", pixels, length: gifLength(view) };
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // cut short: the server says so
    return { kind: "picture", pixels: null, length: 0 };
  }
  if (startsWith(bytes, OLE)) return { kind: "old-word" };
  const isArchive = startsWith(bytes, [0x50, 0x4b]);
  return { kind: isArchive && /\.docx$/i.test(file.name) ? "word" : "other" };
}

function judge(input, file, found) {
  const wants = input.dataset;
  const takes = wants.takes.split(" ");
  if (!takes.includes(found.kind)) {
    if (found.kind === "old-word" && takes.includes("word")) return [words.oldWord, false];
    return [takes.length > 1 ? words.either : takes[0] === "word" ? words.word : words.picture, false];
  }
  const kilobytes = Math.ceil(file.size / 1024);
  const most = found.kind === "word" ? Math.min(wants.kilobytes, 10240) : Number(wants.kilobytes);
  if (kilobytes > most) return [fill(words.weight, { most, found: kilobytes }), false];
  if (found.pixels && wants.width && (found.pixels[0] !== Number(wants.width) || found.pixels[1] !== Number(wants.height))) {
    return [fill(words.size, { wanted: size(wants.width, wants.height), found: size(...found.pixels) }), false];
  }
  const facts = [fill(words.kilobytes, { count: kilobytes })];
  if (found.pixels) facts.unshift(size(...found.pixels));
  if (found.length) facts.push(fill(words.seconds, { count: found.length / 100 }));
  return [fill(words.good, { facts: facts.join(", ") }), true];
}

// Artwork in its place, as templates/ads/_in_place.html draws it: at its true size on a wide page and on a phone.
const PHONE_COLUMN = 328;

function element(name, kind, ...inside) {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.append(...inside);
  return made;
}

function drawn(picture, scale) {
  const canvas = element("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("role", "img");
  return canvas;
}

// `picture` at its place on one of the two pages; without one, the page with its place empty.
function view(place, picture, width) {
  const isPhone = width === "phone";
  const scale = isPhone && picture ? Math.min(1, PHONE_COLUMN / picture.width) : 1;
  const art = element("span", "in-place__art", element("span", "in-place__label", words.label));
  let caption = isPhone ? words.phone : words.desktop;
  if (picture) {
    const canvas = drawn(picture, scale);
    caption += ` (${size(canvas.width, canvas.height)})`;
    canvas.setAttribute("aria-label", caption);
    art.append(canvas);
  }
  const parts = [element("span", "in-place__logo"), element("span", "in-place__text"), art];
  if (isPhone) parts.push(element("span", "in-place__text"));
  const page = element("div", `in-place__page in-place__page--${isPhone ? "phone" : "wide"} in-place__page--${place}`, ...parts);
  const pane = element("div", `in-place__window${isPhone ? " in-place__window--phone" : ""}`, page);
  pane.tabIndex = 0;
  pane.setAttribute("role", "group");
  pane.setAttribute("aria-label", caption);
  return element("figure", "in-place__view", element("figcaption", "", caption), pane);
}

// The pictures chosen for the places of a page, by the input of the artwork: what stands there, on phones too.
const chosen = new Map();

async function preview(input, file) {
  const main = document.getElementById(input.dataset.phoneOf ?? input.id);
  const box = main && document.getElementById(`${main.id}_place`);
  if (!box || !main.dataset.place) return;
  const state = chosen.get(main) ?? { kept: [...box.childNodes] };
  chosen.set(main, state);
  const which = main === input ? "art" : "phone";
  state[which]?.close();
  state[which] = file ? await createImageBitmap(file) : null;
  box.replaceChildren(...state.kept);
  if (state.art) {
    const views = [view(main.dataset.place, state.art, "wide"), view(main.dataset.place, state.phone ?? state.art, "phone")];
    box.replaceChildren(element("div", "in-place", ...views));
  } else if (state.phone) {
    box.append(element("div", "in-place", view(main.dataset.place, state.phone, "phone")));
  }
}

function watch(input) {
  const said = document.createElement("div");
  said.className = "file-said";
  said.id = `${input.id}_said`;
  said.setAttribute("role", "status");
  input.after(said);
  if (input.dataset.place && !document.getElementById(`${input.id}_place`)) {
    const box = element("div", "file-place");
    box.id = `${input.id}_place`;
    (document.getElementById(`${input.id}_helptext`) ?? said).after(box);
  }
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
  let turn = 0;
  input.addEventListener("change", async () => {
    const mine = (turn += 1); // an answer about files that were chosen before is late
    const lines = [];
    let isFine = true;
    for (const file of input.files) {
      let verdict;
      try {
        verdict = judge(input, file, await look(file));
      } catch {
        continue; // the browser cannot read it: the server will say what it is
      }
      const line = document.createElement("p");
      if (input.files.length > 1) {
        const name = document.createElement("bdi");
        name.textContent = file.name;
        line.append(name, ": ");
      }
      line.append(verdict[0]);
      line.classList.toggle("file-said__wrong", !verdict[1]);
      isFine &&= verdict[1];
      lines.push(line);
    }
    if (mine !== turn) return;
    if (lines.length) {
      // What the server said was of the file before.
      document.getElementById(`${input.id}_error`)?.remove();
      input.closest(".slot-file")?.classList.remove("is-invalid");
    }
    said.replaceChildren(...lines);
    if (isFine) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    try {
      await preview(input, isFine && input.files.length === 1 ? input.files[0] : null);
    } catch {
      await preview(input, null); // cannot be drawn: no preview
    }
  });
}

if (words) document.querySelectorAll("input[type=file][data-takes]").forEach(watch);
