// The desk of the front page without reloads: its forms are sent and the desk is exchanged for the answer; stories can
// be dragged to a place. Without this script the same forms work with a page each.

const desk = document.getElementById("front-desk");
const spoken = document.getElementById("front-spoken");
let waiting = Promise.resolve();
let search;
let dragged = null;

const say = (text) => { spoken.textContent = text; };

// A sentence of ours where the server could not say one.
function complain(text) {
  desk.querySelector(".front-error")?.remove();
  const line = document.createElement("p");
  line.className = "front-error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  desk.prepend(line);
  line.scrollIntoView({ block: "nearest" });
}

// The desk of an answer; null where it is another page, such as the login.
async function ask(address, options) {
  const response = await fetch(address, { credentials: "same-origin", ...options });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.getElementById("front-desk");
}

async function send(body, address, focus) {
  desk.setAttribute("aria-busy", "true");
  try {
    const fresh = await ask(address, { method: "POST", body });
    if (!fresh) return complain(desk.dataset.loggedOut);
    const scrolled = desk.querySelector(".front-stories")?.scrollTop;
    const note = desk.querySelector("#front-note")?.value;
    desk.replaceChildren(...fresh.childNodes);
    const field = desk.querySelector("#front-note");
    if (field && note && body.get("action") !== "live") field.value = note;
    desk.querySelector(".front-stories").scrollTop = scrolled;
    prepare();
    say(desk.querySelector(".front-error, .front-message")?.textContent ?? "");
    const error = desk.querySelector(".front-error");
    if (error) error.focus();
    else focus?.();
  } catch {
    complain(desk.dataset.failed);
  } finally {
    desk.removeAttribute("aria-busy");
  }
}

// One after the other: each carries the version that the one before made.
function enqueue(make) {
  waiting = waiting.then(make);
}

function focusOn(key, place) {
  const again = key && desk.querySelector(`[data-key="${CSS.escape(key)}"]:not(:disabled)`);
  (again || document.getElementById(place)?.querySelector("h3"))?.focus();
}

desk.addEventListener("submit", (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.method === "get") return find(form);
  const body = new FormData(form, event.submitter);
  const key = event.submitter?.dataset.key;
  enqueue(() => send(current(body), form.getAttribute("action"), () => focusOn(key, body.get("place"))));
});

// With what the desk carries by the time that it is sent.
function current(body) {
  for (const name of ["version", "base", "csrfmiddlewaretoken"]) {
    body.set(name, desk.querySelector(`[name="${name}"]`).value);
  }
  return body;
}

// The chooser.

async function find(form) {
  const address = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
  try {
    const fresh = await ask(address);
    if (!fresh) return complain(desk.dataset.loggedOut);
    if (form.q.value !== new URLSearchParams(address.split("?")[1]).get("q")) return;
    desk.querySelector(".front-found").replaceWith(fresh.querySelector(".front-found"));
    for (const own of desk.querySelectorAll("form[method=post]")) {
      own.setAttribute("action", fresh.querySelector("form[method=post]").getAttribute("action"));
    }
    prepare();
  } catch {
    complain(desk.dataset.failed);
  }
}

desk.addEventListener("input", (event) => {
  if (event.target.id !== "front-q") return;
  clearTimeout(search);
  search = setTimeout(() => find(event.target.form), 250);
});

desk.addEventListener("change", (event) => {
  if (event.target.id === "front-place") choose();
});

// Tell the results for which place they are.
function choose() {
  const select = desk.querySelector("#front-place");
  if (!select) return;
  for (const field of desk.querySelectorAll("[data-chosen]")) field.value = select.value;
  for (const label of desk.querySelectorAll("[data-chosen-label]")) label.textContent = select.selectedOptions[0].label;
}

desk.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  const select = desk.querySelector("#front-place");
  if (!link || !select || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  select.value = link.dataset.choose;
  choose();
  desk.querySelector("#stories").scrollIntoView({ block: "nearest" });
  desk.querySelector("#front-q").focus();
});

// Dragging.

function prepare() {
  for (const story of desk.querySelectorAll(".front-story")) {
    story.draggable = true;
    for (const part of story.querySelectorAll("a, img")) part.draggable = false;
  }
}

desk.addEventListener("dragstart", (event) => {
  const story = event.target.closest?.(".front-story");
  if (!story) return;
  dragged = story;
  story.classList.add("is-dragged");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", story.querySelector(".front-story__title").textContent);
});

const placeUnder = (event) => (dragged ? event.target.closest?.(".front-place") : null);

function mark(place) {
  for (const marked of desk.querySelectorAll(".is-over")) if (marked !== place) marked.classList.remove("is-over");
  place?.classList.add("is-over");
}

desk.addEventListener("dragover", (event) => {
  const place = placeUnder(event);
  mark(place);
  if (!place) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
});

desk.addEventListener("drop", (event) => {
  const place = placeUnder(event);
  if (!place) return;
  event.preventDefault();
  if (place.contains(dragged)) return;
  const body = new FormData();
  body.set("action", "place");
  body.set("story", dragged.dataset.story);
  body.set("place", place.dataset.place);
  const address = desk.querySelector("form[method=post]").getAttribute("action");
  enqueue(() => send(current(body), address, () => focusOn("", body.get("place"))));
});

desk.addEventListener("dragend", () => {
  dragged?.classList.remove("is-dragged");
  dragged = null;
  mark(null);
});

// What is typed and not sent: a note, a time. Everything else is on the server already.
addEventListener("beforeunload", (event) => {
  const typed = [...desk.querySelectorAll("form[method=post] input:not([type=hidden], [type=radio])")];
  if (typed.some((field) => field.value !== field.defaultValue)) event.preventDefault();
});

prepare();
choose();
