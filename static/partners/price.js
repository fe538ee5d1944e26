// The price so far, asked of the server when something changes, and free weeks put into their fields without a page in
// between. Nothing is computed here, and the form works without it.

const aside = document.querySelector("[data-price]");
const form = document.querySelector(".ask__main form");
let turn = 0;
let waiting = 0;

async function ask() {
  const mine = (turn += 1);
  const typed = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") typed.append(name, value);
  try {
    const answer = await fetch(aside.dataset.price, { method: "POST", body: typed });
    if (answer.ok && mine === turn) aside.innerHTML = await answer.text();
  } catch {
    // The next page says it.
  }
}

if (aside && form) {
  aside.setAttribute("aria-live", "polite");
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, 150);
  });
  form.addEventListener("click", (event) => {
    const week = event.target.closest(".week-pick");
    const [first, last] = week?.closest("fieldset").querySelectorAll("input[type=date]") ?? [];
    if (!last) return;
    event.preventDefault();
    [first.value, last.value] = [week.dataset.from, week.dataset.until];
    first.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
