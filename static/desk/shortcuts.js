// Keys for those who live here. What they do stands in the dialog of admin/_shortcuts.html: links with `data-keys`.
// Single keys can be switched off (WCAG 2.1.4), and are off while somebody types; Ctrl or Command with S always saves.

const SWITCH = "desk-shortcuts";
const PAUSE = 1500; // milliseconds between the two keys of a pair
const dialog = document.getElementById("desk-keys");

if (dialog) {
  const box = document.getElementById("desk-keys-on");
  const links = new Map([...dialog.querySelectorAll("[data-keys]")].map((link) => [link.dataset.keys, link]));
  let first = "";
  let timer = 0;

  const remembered = () => {
    try {
      return localStorage.getItem(SWITCH) !== "off";
    } catch {
      return true;
    }
  };
  const remember = () => {
    try {
      localStorage.setItem(SWITCH, box.checked ? "on" : "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  };
  const open = () => dialog.open || dialog.showModal();

  // The letter on the key, also where the layout is Arabic.
  const letter = (event) => {
    if (event.key === "?" || event.key === "؟") return "?";
    if (event.key === "/") return "/";
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    return /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "";
  };
  const isTyping = (target) =>
    target instanceof Element && (target.closest("input, textarea, select, [role=textbox], [role=combobox]") || target.isContentEditable);

  const go = (keys) => {
    const search = document.getElementById("searchbar") ?? document.getElementById("desk-find");
    if (keys === "?") open();
    else if (keys === "/" && search) search.focus();
    else if (links.has(keys)) location.assign(links.get(keys).href);
    else return false;
    return true;
  };

  box.checked = remembered();
  box.addEventListener("change", remember);
  for (const button of document.querySelectorAll("[data-desk-keys]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    const key = letter(event);
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && key === "s") {
      const save = document.querySelector("#content-main > form [name=_continue], #content-main > form [name=_save]");
      if (!save) return;
      event.preventDefault();
      save.form.requestSubmit(save);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !key || !box.checked) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const keys = first ? `${first} ${key}` : key;
    clearTimeout(timer);
    first = "";
    if (go(keys)) event.preventDefault();
    else if ([...links.keys()].some((known) => known.startsWith(`${key} `))) {
      first = key;
      timer = setTimeout(() => { first = ""; }, PAUSE);
    }
  });
}
