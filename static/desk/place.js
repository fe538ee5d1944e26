// Draws the page in the frame at its whole height, with its box a little below the top, and writes where that is.

const AROUND = 160;
const frame = document.querySelector("iframe");

function isShown(img) {
  const at = img.getBoundingClientRect();
  const long = img.closest(".rail__long")?.getBoundingClientRect();
  return at.width > 0 && (!long?.width || (at.left < long.right && at.right > long.left));
}

async function show() {
  const page = frame.contentDocument;
  let place = [];
  const img = [...page.querySelectorAll(".slot img")].find(isShown);
  if (img) {
    await img.decode().catch(() => {});
    frame.height = page.documentElement.scrollHeight;
    const at = img.getBoundingClientRect();
    const up = Math.max(0, Math.floor(at.y) - AROUND);
    frame.style.marginBlockStart = `${-up}px`;
    if (img.naturalWidth) place = [at.x, at.y - up, at.width, at.height];
  }
  document.documentElement.dataset.place = JSON.stringify(place);
}

frame.addEventListener("load", show);
frame.src = frame.dataset.src;
