// How the story appears elsewhere, drawn anew while somebody types: the meters, the search result, the cards.
// Without this script all of it stands there as the page was drawn.

const form = document.getElementById("article_form");
const field = (name) => form.elements.namedItem(name);
const typed = (name) => field(name)?.value.trim() ?? "";
const result = document.querySelector("[data-result]");
const meters = [...document.querySelectorAll("[data-meter]")];
const ruler = document.createElement("canvas").getContext("2d");

const length = (text) => [...text].length;
const cut = (text, most) => (length(text) > most ? `${[...text].slice(0, most - 1).join("").trimEnd()}…` : text);

/** How wide a text is in a search result, in pixels. */
function width(text) {
  if (!ruler) return 0;
  ruler.font = "20px Arial, sans-serif";
  return Math.round(ruler.measureText(text).width);
}

function verdictOf(meter, text) {
  const count = length(text);
  const { from, to, pixels } = meter.dataset;
  if (!count) return "empty";
  if (count > Number(to) || (pixels && width(text) > Number(pixels))) return "long";
  return count < Number(from) ? "short" : "fits";
}

function drawMeter(meter) {
  const own = typed(meter.dataset.meter);
  const text = own || typed(meter.dataset.instead);
  const verdict = verdictOf(meter, text);
  const bar = meter.querySelector("meter");
  meter.className = `story-meter story-meter--${verdict}`;
  bar.value = length(text);
  bar.textContent = length(text);
  meter.querySelector("[data-meter-count]").textContent = length(text);
  meter.querySelector("[data-meter-said]").textContent = result.getAttribute(`data-said-${verdict}`);
  meter.querySelector("[data-meter-instead]").hidden = own !== "";
}

function shownTitle() {
  const title = typed("search_title") || typed("headline");
  const kind = field("kind");
  const sponsor = typed("sponsor_name");
  if (!title || !sponsor || (kind && kind.value === "story")) return title;
  return result.dataset.pattern.replace("{sponsor}", () => sponsor).replace("{headline}", () => title);
}

function draw() {
  meters.forEach(drawMeter);
  const title = shownTitle();
  const text = typed("search_description") || typed("standfirst");
  for (const place of document.querySelectorAll("[data-shown-title]")) {
    place.dataset.empty ??= place.textContent;
    place.textContent = cut(title || place.dataset.empty, place.dataset.shownTitle === "cut" ? Number(result.dataset.mostTitle) : Infinity);
  }
  for (const place of document.querySelectorAll("[data-shown-text]")) {
    place.dataset.empty ??= place.textContent;
    place.textContent = cut(text || place.dataset.empty, place.dataset.shownText === "cut" ? Number(result.dataset.mostText) : Infinity);
  }
}

/** Another lead picture: its thumbnail stands in the field already. */
function drawPicture() {
  const shown = document.querySelector(".field-hero [data-shown] img");
  for (const place of document.querySelectorAll("[data-shown-picture]")) {
    place.querySelector("img")?.remove();
    if (shown) place.prepend(Object.assign(document.createElement("img"), { src: shown.src, alt: "" }));
  }
}

if (result) {
  for (const name of ["search_title", "headline", "search_description", "standfirst", "kind", "sponsor_name"]) field(name)?.addEventListener("input", draw);
  const hero = document.querySelector(".field-hero [data-shown]");
  if (hero) new MutationObserver(drawPicture).observe(hero, { childList: true });
  draw();
}
