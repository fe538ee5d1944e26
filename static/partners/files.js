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

// Where artwork stands, on a page of 1280 and on one of 360 pixels: [x, y] of its inline start and top.
const PLACES = {
  top: { desktop: (w) => [1280 - 32 - w, 16], phone: [16, 64] },
  home: { desktop: (w) => [(1280 - w) / 2, 150], phone: [16, 120] },
  rail: { desktop: () => [1280 - 32 - 336, 150], phone: [16, 300] },
  foot: { desktop: (w) => [(1280 - w) / 2, 640], phone: [30, 420] },
};

function page(picture, place, width) {
  const isWide = width === 1280;
  const canvas = document.createElement("canvas");
  const [shown, tall] = [picture.width, picture.height];
  const scale = isWide ? 1 : Math.min(1, 328 / shown);
  let [x, y] = isWide ? PLACES[place].desktop(shown) : PLACES[place].phone;
  const mirrored = document.dir === "rtl" || document.documentElement.dir === "rtl";
  if (mirrored) x = width - x - shown * scale;
  canvas.width = width;
  canvas.height = Math.max(isWide ? 900 : 640, y + tall * scale + 24);
  const draw = canvas.getContext("2d");
  draw.fillStyle = "#fff";
  draw.fillRect(0, 0, canvas.width, canvas.height);
  draw.fillStyle = "#d9d5cd";
  const edge = isWide ? 32 : 16;
  const column = isWide ? 872 : width - 2 * edge;
  const start = mirrored ? width - edge - column : edge;
  draw.fillRect(mirrored ? width - edge - (isWide ? 232 : 140) : edge, 20, isWide ? 232 : 140, 28);
  for (let line = isWide ? 150 : 84; line < canvas.height - 24; line += 28) {
    draw.fillRect(start, line, column, 10);
  }
  draw.fillStyle = "#fff";
  draw.fillRect(x - 12, y - 12, shown * scale + 24, tall * scale + 24);
  draw.drawImage(picture, x, y, shown * scale, tall * scale);
  return canvas;
}

function framed(canvas, caption) {
  const figure = document.createElement("figure");
  const words = document.createElement("figcaption");
  words.textContent = caption;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", caption);
  figure.append(words, canvas);
  return figure;
}

async function preview(box, input, file) {
  const place = input.dataset.place;
  if (!PLACES[place]) return;
  const picture = await createImageBitmap(file);
  box.replaceChildren(
    framed(page(picture, place, 1280), words.desktop),
    framed(page(picture, place, 360), words.phone),
  );
  picture.close();
}

function watch(input) {
  const said = document.createElement("div");
  said.className = "file-said";
  said.id = `${input.id}_said`;
  said.setAttribute("role", "status");
  const box = document.createElement("div");
  box.className = "file-preview";
  input.after(said);
  (document.getElementById(`${input.id}_helptext`) ?? said).after(box);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${said.id}`.trim());
  let turn = 0;
  input.addEventListener("change", async () => {
    const mine = (turn += 1); // an answer about files that were chosen before is late
    box.replaceChildren();
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
    said.replaceChildren(...lines);
    if (isFine) input.removeAttribute("aria-invalid");
    else input.setAttribute("aria-invalid", "true");
    if (isFine && input.files.length === 1) {
      try {
        await preview(box, input, input.files[0]);
      } catch {
        box.replaceChildren(); // cannot be drawn: no preview
      }
    }
  });
}

if (words) document.querySelectorAll("input[type=file][data-takes]").forEach(watch);
