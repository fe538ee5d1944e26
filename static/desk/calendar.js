// Drag what readers do not have yet to another day. Dropping it opens the page that asks; nothing moves before that.

let dragged = null;
const cell = (event) => event.target.closest?.("[data-day]");
const unmark = () => document.querySelectorAll(".cal-day--target").forEach((day) => day.classList.remove("cal-day--target"));

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-move]") ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.querySelector("a").textContent);
  dragged.classList.add("cal-entry--dragged");
});

document.addEventListener("dragover", (event) => {
  const day = dragged && cell(event);
  if (!day) return;
  event.preventDefault();
  if (day.classList.contains("cal-day--target")) return;
  unmark();
  day.classList.add("cal-day--target");
});

document.addEventListener("drop", (event) => {
  const day = dragged && cell(event);
  if (!day) return;
  event.preventDefault();
  if (day !== dragged.closest("[data-day]")) location.assign(`${dragged.dataset.move}?to=${day.dataset.day}`);
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("cal-entry--dragged");
  dragged = null;
  unmark();
});
