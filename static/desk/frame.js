// The frame of the desk: the numbers of what waits beside the pages at the side, and which parts of the bar stay open.

const OPEN = "desk-open-parts";
const nav = document.getElementById("desk-nav");

const remembered = () => {
  try {
    return JSON.parse(localStorage.getItem(OPEN)) ?? {};
  } catch {
    return {};
  }
};

const showWaiting = async () => {
  const answer = await fetch(nav.dataset.waits, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const waits = await answer.json();
  for (const place of nav.querySelectorAll("[data-waits-for]")) {
    const count = waits[place.dataset.waitsFor] ?? 0;
    if (!count) continue;
    const number = count > 99 ? "99+" : String(count);
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = ` ${number} ${nav.dataset.waitsWords}`;
    const figure = document.createElement("span");
    figure.ariaHidden = "true";
    figure.textContent = number;
    place.replaceChildren(figure, words);
    place.hidden = false;
  }
};

if (nav) {
  const parts = remembered();
  for (const part of nav.querySelectorAll("details[data-part]")) {
    const known = parts[part.dataset.part];
    // The part of this page is open, whatever was closed on another.
    if (known !== undefined && !part.querySelector("[aria-current]")) part.open = known;
    part.addEventListener("toggle", () => {
      parts[part.dataset.part] = part.open;
      try {
        localStorage.setItem(OPEN, JSON.stringify(parts));
      } catch {
        // Without storage each page begins as it was sent.
      }
    });
  }
  const here = nav.querySelector("[aria-current]");
  // The bar alone: scrollIntoView would move the page too.
  if (here && here.offsetTop > nav.clientHeight - 96) nav.scrollTop = here.offsetTop - nav.clientHeight / 2;
  showWaiting().catch(() => {});
}

// Names that Django's own widgets leave out: fields of Select2, and the marks beside lists that move.
const name = () => {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]:not([aria-label])")) {
    const select = box.closest(".select2-container")?.previousElementSibling;
    const label = select?.labels?.[0]?.textContent ?? select?.closest("td")?.className.replace("field-", "");
    if (label) {
      box.removeAttribute("aria-labelledby");
      const said = label.trim().replace(/:$/, "");
      for (const part of [box, ...box.querySelectorAll("[role=textbox]")]) part.ariaLabel = said;
    }
  }
  for (const mark of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) mark.role = "img";
};
addEventListener("load", name);
// Django makes the fields of Select2 when its jQuery is ready, which may be after all has loaded.
window.django?.jQuery?.(name);
document.addEventListener("formset:added", () => setTimeout(name));

// A menu closes when somebody looks elsewhere.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.desk-account[open]")) {
    if (!menu.contains(event.target) && !event.target.closest?.("dialog")) menu.open = false;
  }
});
addEventListener("keydown", (event) => {
  // Out of a dialog that the menu opened, Escape leads back into the menu.
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  for (const menu of document.querySelectorAll("details.desk-account[open]")) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});
