// Proposes stories, subjects and authors while somebody types. The form works without it.

const form = document.querySelector("form[data-suggest]");
const input = form?.querySelector("input[name=q]");
if (input) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.getAttribute("aria-label"));
  input.after(list);
  input.type = "text";
  input.inputMode = "search";
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  }))
    input.setAttribute(name, value);

  let timer, asking, at = -1;

  const choose = (index) => {
    at = index;
    [...list.children].forEach((one, n) => one.setAttribute("aria-selected", n === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };

  const show = (found) => {
    list.replaceChildren(
      ...found.map(({ text, kind, url }, n) => {
        const one = document.createElement("li");
        one.id = `suggestion-${n}`;
        one.setAttribute("role", "option");
        one.dataset.url = url;
        const words = document.createElement("span");
        words.dir = "auto";
        words.textContent = text;
        const label = document.createElement("small");
        label.textContent = kind;
        one.append(words, " ", label);
        return one;
      }),
    );
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", !list.hidden);
    choose(-1);
  };

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    show([]);
  };

  const ask = async () => {
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?q=${encodeURIComponent(input.value)}`, { signal: asking.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch {
      // Left, or without a connection: nothing is proposed.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    asking?.abort();
    if (input.value.trim().length < 2) show([]);
    else timer = setTimeout(ask, 200);
  });
  input.addEventListener("keydown", (event) => {
    const many = list.children.length;
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") choose(at + 1 < many ? at + 1 : -1);
    else if (event.key === "ArrowUp") choose(at < 0 ? many - 1 : at - 1);
    else if (event.key === "Enter" && at >= 0) location.assign(list.children[at].dataset.url);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const one = event.target.closest("li");
    if (one) location.assign(one.dataset.url);
  });
}
