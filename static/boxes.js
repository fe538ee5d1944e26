// Boxes: one request for what stands in them, once somebody looks at the page, and messages about what became of it.
// Pages are complete without; nothing here moves them.

const SECOND = 1000;
const page = document.querySelector("[data-page]")?.dataset.page;
const body = document.querySelector(".story__body");
const links = [...document.querySelectorAll(".story--paid .story__body a[rel~=sponsored]")];

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
    const body = JSON.stringify({ told: some });
    if (!navigator.sendBeacon) fetch("/s/seen", { method: "POST", body, keepalive: true });
    else if (!navigator.sendBeacon("/s/seen", body)) {
      told = some.concat(told);
      timer = setTimeout(send, 5 * SECOND);
      return;
    }
  }
}

// What is looked at for a whole second, in a tab that is looked at, is seen.

const watched = new Map();

function wait(element, one) {
  clearTimeout(one.timer);
  if (one.isIn && !document.hidden)
    one.timer = setTimeout(() => {
      eyes.unobserve(element);
      watched.delete(element);
      tell(one.token, "v");
    }, SECOND);
}

const eyes =
  self.IntersectionObserver &&
  new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio } of entries) {
        const one = watched.get(target);
        const isIn = intersectionRatio >= one?.part;
        if (!one || one.isIn === isIn) continue;
        one.isIn = isIn;
        wait(target, one);
      }
    },
    { threshold: [0, 0.3, 0.5] },
  );

document.addEventListener("visibilitychange", () => {
  watched.forEach((one, element) => wait(element, one));
  document.hidden ? send() : begin();
});
document.addEventListener("prerenderingchange", begin);
addEventListener("pageshow", begin);
addEventListener("pagehide", send);

function isShown(box) {
  const at = box.getBoundingClientRect();
  // Where the page is too short for a box, it wraps out of its frame and is clipped away.
  const frame = box.closest(".rail__long")?.getBoundingClientRect();
  return at.width > 0 && (!frame?.width || (at.left < frame.right && at.right > frame.left));
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
  img.onload = () =>
    requestAnimationFrame(() => {
      if (!img.clientWidth || !img.clientHeight) return;
      img.onload = null;
      tell(token, "r");
      watched.set(img, { token, part: img.naturalWidth * img.naturalHeight < 242_500 ? 0.5 : 0.3 });
      eyes?.observe(img);
    });
  Object.assign(img, { width, height, alt, loading: "lazy", decoding: "async", src });
  picture.append(img);
  link.append(picture);
  return link;
}

// A story is read after half a minute before somebody's eyes, or at its end, but a short one not at once.

function read(token) {
  let seconds = 0;
  const clock = setInterval(() => {
    if (document.hidden || ++seconds < 5) return;
    if (seconds < 30 && body.getBoundingClientRect().bottom > innerHeight) return;
    clearInterval(clock);
    tell(token, "d");
  }, SECOND);
  const follow = ({ target, button }) => {
    const place = links.indexOf(target.closest("a"));
    if (place >= 0 && place < 16 && button < 2) tell(token, "c", place);
  };
  for (const kind of ["click", "auxclick"]) body.addEventListener(kind, follow);
}

let asked = !page;

async function begin() {
  if (asked || document.prerendering || document.hidden) return;
  asked = true;
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
      if (one.own && box) box.ariaLabel = box.querySelector(".slot__label").textContent = box.dataset.own;
    }
    if (body) read(answer.page);
  } catch {
    // No network: boxes stay empty until somebody comes back to the page.
    asked = false;
  }
}

begin();
