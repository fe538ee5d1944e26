// The publish page: a typed time means "at a time", and the button says what it will do.

const radios = [...document.querySelectorAll('input[name="when"]')];
const time = document.querySelector('input[name="change_at"]');
const button = document.querySelector("button[data-later]");

if (radios.length && time && button) {
  const now = button.textContent;
  const later = radios.find((radio) => radio.value === "later");
  const row = time.closest(".desk-field");

  const show = () => {
    row.hidden = !later.checked;
    time.disabled = !later.checked;
    button.textContent = later.checked ? button.dataset.later : now;
  };
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      show();
      if (later.checked) time.focus();
    });
  }
  show();
}
