// Shows of each line only what its kind needs, and adds lines without a round trip. Without it everything is visible.
const lines = document.querySelector("[data-lines]");
const total = document.querySelector('[name="lines-TOTAL_FORMS"]');
const most = Number(document.querySelector('[name="lines-MAX_NUM_FORMS"]').value);
const add = document.querySelector("[data-add]");

function fit(line) {
  const kind = line.querySelector('select[name$="-kind"]').value;
  for (const field of line.querySelectorAll("[data-only]")) {
    field.hidden = !field.dataset.only.split(" ").includes(kind);
  }
}

lines.querySelectorAll("[data-line]").forEach(fit);
lines.addEventListener("change", (event) => {
  if (event.target.name?.endsWith("-kind")) fit(event.target.closest("[data-line]"));
});

add.hidden = false;
add.addEventListener("click", () => {
  const count = Number(total.value);
  if (count >= most) return;
  const made = document.querySelector("[data-empty]").content.firstElementChild.cloneNode(true);
  for (const element of made.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("__prefix__", count));
    }
  }
  lines.append(made);
  total.value = count + 1;
  fit(made);
  made.querySelector("select").focus();
});
