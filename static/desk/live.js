// Writing a live blog: Ctrl + Enter posts, and words that were not posted come back after a reload or a lost session.
// Loaded before the text editor, which takes what stands in the textarea.

const form = document.querySelector("[data-live-form]");
const isNew = form?.querySelector("button[value='post']");

if (form) {
  form.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      event.stopPropagation();
      form.requestSubmit(form.querySelector("button[name='do']"));
    },
    true,
  );
  // A second click while the first is on its way; another page comes in any case.
  let isSent = false;
  form.addEventListener("submit", (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener("pageshow", () => { isSent = false; });
}

if (isNew) {
  const name = `live:${form.dataset.liveForm}`;
  const fields = ["key", "headline", "body"].map((field) => form.elements.namedItem(field));
  const read = () => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const kept = read();
  if (kept && document.querySelector(`[data-key="${CSS.escape(kept.key)}"]`)) {
    localStorage.removeItem(name);
  } else if (kept && !form.querySelector("[role=alert]")) {
    for (const field of fields) field.value = kept[field.name] ?? field.value;
  }
  form.addEventListener("input", () => {
    try {
      localStorage.setItem(name, JSON.stringify(Object.fromEntries(fields.map((field) => [field.name, field.value]))));
    } catch {
      // No room, or not allowed: the words are in the form only.
    }
  });
}
