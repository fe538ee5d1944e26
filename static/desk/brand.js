// The screen of the brand: colours are chosen, measured and shown while somebody types. The server measures again.

const form = document.querySelector("[data-brand]");
const LEAST = 4.5;
const COLOUR = /^#[0-9a-f]{6}$/;

const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// As articles/contrast.py has it, from WCAG 2.2.
function luminance(colour) {
  const [red, green, blue] = parts(colour)
    .map((part) => part / 255)
    .map((share) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const least = (colour, grounds) => Math.trunc(Math.min(...grounds.map((ground) => ratio(colour, ground))) * 100) / 100;

function nearest(colour, mode, grounds) {
  const end = mode === "dark" ? 255 : 0;
  for (let step = 0; step < 256; step += 1) {
    const mixed = parts(colour).map((part) => part + Math.floor(((end - part) * step) / 255));
    const shade = `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    if (least(shade, grounds) >= LEAST) return shade;
  }
  return colour;
}

function typed(field) {
  const text = field.value.trim().toLowerCase().replace(/^#?([0-9a-f])([0-9a-f])([0-9a-f])$/, "#$1$1$2$2$3$3");
  return text && !text.startsWith("#") ? `#${text}` : text;
}

const fields = Object.fromEntries([...form.querySelectorAll("[data-colour]")].map((one) => [one.dataset.colour, one]));
const links = form.querySelector("[name=accent_on_links]");

function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (_gap, name) => values[name]);
}

function measure(box) {
  const { mode } = box.dataset;
  const grounds = (links.checked ? box.dataset.linkGrounds : box.dataset.grounds).split(" ");
  const verdict = box.querySelector("[data-verdict]");
  const button = box.querySelector("[data-shade]");
  const written = typed(fields[mode]);
  const base = typed(fields.light);
  let colour = written;
  let kind = "good";
  if (!written) {
    const isMade = mode === "dark" && COLOUR.test(base);
    colour = isMade ? nearest(base, mode, grounds) : box.dataset.default;
    kind = isMade ? "made" : "house";
  } else if (!COLOUR.test(written)) {
    kind = "unknown";
  } else if (least(written, grounds) < LEAST) {
    kind = "bad";
  }
  const reached = kind === "unknown" ? "" : least(colour, grounds).toFixed(2);
  verdict.hidden = false;
  verdict.textContent = fill(verdict.dataset[kind], { colour, reached });
  verdict.dataset.tone = kind === "bad" || kind === "unknown" ? "bad" : "good";
  box.querySelector("[data-reached]").hidden = true;
  button.hidden = kind !== "bad";
  if (kind === "bad") {
    button.value = nearest(written, mode, grounds);
    button.textContent = fill(button.dataset.words, { colour: button.value });
  }
  const picker = box.querySelector("[data-picker]");
  picker.hidden = false;
  if (kind !== "unknown") picker.value = colour;
}

const boxes = [...form.querySelectorAll("[data-mode]")];
const measureAll = () => boxes.forEach(measure);

let waiting = 0;
function show(after) {
  clearTimeout(waiting);
  waiting = setTimeout(() => form.requestSubmit(form.querySelector("[data-preview]")), after);
}

for (const box of boxes) {
  const field = fields[box.dataset.mode];
  box.querySelector("[data-picker]").addEventListener("input", (event) => {
    field.value = event.target.value;
    measureAll();
  });
  box.querySelector("[data-shade]").addEventListener("click", (event) => {
    field.value = event.target.value;
    measureAll();
    field.focus();
    show(0);
  });
}
form.addEventListener("input", () => {
  measureAll();
  show(900);
});
measureAll();
form.querySelector("[role=alert]")?.focus();
