// Boxes: one request for what stands in them, once the page is really shown, and one message about what became of it.
// Without this file pages are complete; nothing that it does moves them.

const LARGE = 242_500; // pixels, from which on 30 % of a picture is enough
const SECOND = 1000;
const page = document.querySelector("[data-page]")?.dataset.page;

let told = [];
let timer;

function tell(...entry) {
  told.push(entry);
  timer ??= setTimeout(send, 5 * SECOND);
}

function send() {
  clearTimeout(timer);
  timer = undefined;
  while (told.length) {
    const some = told.splice(0, 40);
    if (!navigator.sendBeacon("/s/seen", JSON.stringify({ told: some }))) {
      told.unshift(...some);
      return;
    }
  }
}

// What is looked at for a whole second, in a tab that is looked at, is seen.

const watched = new Map();

function wait(element, one) {
  clearTimeout(one.timer);
  if (!one.isIn || document.hidden) return;
  one.timer = setTimeout(() => {
    eyes.unobserve(element);
    watched.delete(element);
    tell(one.token, one.letter);
  }, SECOND);
}

const eyes = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      const one = watched.get(entry.target);
      const isIn = entry.isIntersecting && entry.intersectionRatio >= one?.part;
      if (!one || one.isIn === isIn) continue;
      one.isIn = isIn;
      wait(entry.target, one);
    }
  },
  { threshold: [0, 0.3, 0.5] },
);

function watch(element, token, letter, part) {
  watched.set(element, { token, letter, part });
  eyes.observe(element);
}

document.addEventListener("visibilitychange", () => {
  watched.forEach((one, element) => wait(element, one));
  if (document.hidden) send();
});
addEventListener("pagehide", send);

function isShown(box) {
  const at = box.getBoundingClientRect();
  // The tallest box wraps out of its frame where the page is too short for it, and is clipped away.
  const frame = box.closest(".rail__long")?.getBoundingClientRect();
  return at.width > 0 && (!frame || (at.left < frame.right && at.right > frame.left));
}

function artwork({ go, phone, width, height, alt, src, token }) {
  const link = document.createElement("a");
  const picture = document.createElement("picture");
  const img = document.createElement("img");
  Object.assign(link, { href: go, target: "_blank", rel: "sponsored nofollow noopener" });
  if (phone) {
    const source = document.createElement("source");
    Object.assign(source, { media: "(max-width: 767px)", srcset: phone });
    picture.append(source);
  }
  img.addEventListener("load", () =>
    requestAnimationFrame(() => {
      if (!img.clientWidth || !img.clientHeight) return;
      tell(token, "r");
      watch(img, token, "v", img.naturalWidth * img.naturalHeight < LARGE ? 0.5 : 0.3);
    }),
  );
  Object.assign(img, { width, height, alt, loading: "lazy", decoding: "async", src });
  picture.append(img);
  link.append(picture);
  return link;
}

// A story is read after half a minute before somebody's eyes, or at its end.

function read(token) {
  const body = document.querySelector(".story__body");
  if (!body) return;
  let seconds = 0;
  const clock = setInterval(() => {
    if (document.hidden || ++seconds < 30) return;
    clearInterval(clock);
    tell(token, "d");
  }, SECOND);
  if (body.lastElementChild) watch(body.lastElementChild, token, "d", 0);
  const links = [...document.querySelectorAll(".story--paid .story__body a[rel~=sponsored]")];
  const follow = ({ target, button }) => {
    const place = links.indexOf(target.closest("a"));
    if (place >= 0 && place < 16 && button < 2) tell(token, "c", place);
  };
  for (const kind of ["click", "auxclick"]) body.addEventListener(kind, follow);
}

async function fill() {
  const boxes = [...document.querySelectorAll("[data-slot]")].filter(isShown);
  const positions = [...new Set(boxes.map((box) => box.dataset.slot))];
  try {
    const response = await fetch("/s/fill", { method: "POST", body: JSON.stringify({ page, positions }) });
    if (!response.ok) return;
    const answer = await response.json();
    tell(answer.page, "s");
    for (const one of answer.fills) {
      tell(one.token, "s");
      const box = boxes.find((box) => box.dataset.slot === one.position);
      if (one.src) box?.querySelector(".slot__box").replaceChildren(artwork(one));
    }
    read(answer.page);
  } catch {
    // No network: boxes stay as they are, empty and labelled.
  }
}

if (page && document.prerendering) document.addEventListener("prerenderingchange", fill, { once: true });
else if (page) fill();
