// Everything here is an extra: pages are read, forms are sent and links lead on without it.

// Boxes: one request, once the page is really shown, for the positions that this width displays.

function isShown(box) {
  const at = box.getBoundingClientRect();
  // The tallest box wraps out of its frame where the page is too short for it, and is clipped away.
  const frame = box.closest(".rail__long")?.getBoundingClientRect();
  return at.width > 0 && (!frame || (at.left < frame.right && at.right > frame.left));
}

function artwork(fill) {
  const link = document.createElement("a");
  link.href = fill.go;
  link.target = "_blank";
  link.rel = "sponsored nofollow noopener";
  const picture = document.createElement("picture");
  if (fill.phone) {
    const source = document.createElement("source");
    source.media = "(max-width: 767px)";
    source.srcset = fill.phone;
    picture.append(source);
  }
  const img = document.createElement("img");
  img.width = fill.width;
  img.height = fill.height;
  img.alt = fill.alt;
  img.loading = "lazy";
  img.decoding = "async";
  img.src = fill.src;
  picture.append(img);
  link.append(picture);
  return link;
}

async function fillBoxes() {
  const boxes = [...document.querySelectorAll("[data-slot]")].filter(isShown);
  if (!boxes.length) return;
  const positions = [...new Set(boxes.map((box) => box.dataset.slot))];
  try {
    const response = await fetch("/s/fill", { method: "POST", body: JSON.stringify({ positions }) });
    if (!response.ok) return;
    const { fills } = await response.json();
    for (const fill of fills) {
      const box = boxes.find((one) => one.dataset.slot === fill.position);
      box?.querySelector(".slot__box").replaceChildren(artwork(fill));
    }
  } catch {
    // No network: the box stays as it is, empty and labelled.
  }
}

if (document.prerendering) {
  document.addEventListener("prerenderingchange", fillBoxes, { once: true });
} else {
  fillBoxes();
}

// Players of other sites: loaded by a click, never before.

for (const button of document.querySelectorAll("button[data-player]")) {
  button.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = button.dataset.player;
    frame.title = button.dataset.title;
    frame.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    button.replaceWith(frame);
    frame.focus();
  });
}

// The menu of phones closes by Escape and by a touch elsewhere.

const menu = document.querySelector(".menu");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
