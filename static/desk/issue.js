// The composer of an issue with less waiting: blocks are dragged or moved in place, and the preview follows what is
// typed. Without this script every button sends the form.

const form = document.getElementById("issue-form");
const list = form.querySelector("[data-blocks]");
const spoken = document.getElementById("issue-spoken");
const show = form.querySelector("[data-preview]");
let dragged = null;
let waiting;
let isChanged = Boolean(form.querySelector(".issue__unsaved"));

const blocks = () => [...list.querySelectorAll("[data-block]")];

// Numbers of places, as the server reads them; and which buttons lead nowhere.
function number() {
  const all = blocks();
  all.forEach((block, place) => {
    block.querySelector("[data-order]").value = place;
    for (const button of block.querySelectorAll("[data-steps]")) {
      button.disabled = place + Number(button.dataset.steps) < 0 || place + Number(button.dataset.steps) >= all.length;
    }
  });
}

function preview() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { if (form.isConnected) form.requestSubmit(show); }, 500);
}

function moved(block) {
  number();
  isChanged = true;
  spoken.textContent = `${form.dataset.moved} ${blocks().indexOf(block) + 1}`;
  preview();
}

list.addEventListener("click", (event) => {
  const button = event.target.closest("[data-steps]");
  if (!button) return;
  event.preventDefault();
  const block = button.closest("[data-block]");
  if (button.dataset.steps === "-1") block.previousElementSibling?.before(block);
  else block.nextElementSibling?.after(block);
  moved(block);
  if (button.disabled) block.querySelector("[data-steps]:not(:disabled)")?.focus();
  else button.focus();
});

// Dragging by the head of a block, so that text in its fields can still be chosen with the mouse.
for (const block of blocks()) {
  if (!block.querySelector("[data-steps]")) continue;
  block.draggable = true;
  for (const field of block.querySelectorAll("input, textarea, select")) {
    field.addEventListener("focus", () => { block.draggable = false; });
    field.addEventListener("blur", () => { block.draggable = true; });
  }
}

list.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-block]");
  if (!dragged) return;
  dragged.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", "");
});

function mark(block) {
  for (const marked of list.querySelectorAll(".is-over")) if (marked !== block) marked.classList.remove("is-over");
  if (block && block !== dragged) block.classList.add("is-over");
}

list.addEventListener("dragover", (event) => {
  const block = dragged && event.target.closest("[data-block]");
  if (!block) return;
  event.preventDefault();
  mark(block);
});

list.addEventListener("drop", (event) => {
  const block = dragged && event.target.closest("[data-block]");
  if (!block || block === dragged) return;
  event.preventDefault();
  const all = blocks();
  if (all.indexOf(dragged) < all.indexOf(block)) block.after(dragged);
  else block.before(dragged);
  moved(dragged);
});

list.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  mark(null);
});

// How long the subject is.
const subject = form.querySelector("[name=subject]");
const meter = form.querySelector("[data-meter]");
function measure() {
  meter.textContent = `${[...subject.value].length} ${meter.dataset.words}`;
}
if (subject && meter) {
  subject.closest(".desk-field").append(meter);
  subject.addEventListener("input", measure);
  measure();
}

form.addEventListener("input", (event) => {
  if (event.target.name === "q") return;
  if (!["width", "scheme", "part"].includes(event.target.name)) isChanged = true;
  if (event.target.name !== "width") preview();
});

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.name !== "q") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[value=find]"));
});

form.addEventListener("submit", (event) => {
  if (event.submitter === show) return;
  clearTimeout(waiting);
  isChanged = false;
});
addEventListener("beforeunload", (event) => {
  if (isChanged) event.preventDefault();
});

number();
if (isChanged && show) preview();
