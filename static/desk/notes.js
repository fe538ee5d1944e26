// Notes under a story: they are kept without leaving the page, so words in the story's form stay where they are, and
// a colleague's login can be chosen while typing an @. Without this script the same forms lead to the notes' own page.

const { words } = JSON.parse(document.getElementById("notes-settings").textContent);
const MENTION = /(?:^|[^\w@.+-])@([\w.+-]{0,60})$/u;

function say(panel, sentence) {
  panel.querySelector("[data-said]").textContent = sentence;
}

async function send(form, button) {
  const panel = form.closest("[data-notes]");
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  button?.setAttribute("disabled", "");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "notes" } });
    if (answer.redirected || answer.status === 403) throw new Error(words.loggedOut);
    const html = await answer.text();
    const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-notes]");
    if (!fresh) throw new Error(words.failed);
    const unsent = [...panel.querySelectorAll("textarea")].filter((area) => area.form !== form && area.value);
    const said = fresh.querySelector("[data-said]").textContent;
    // The sentence is put in after the panel, so that it is read out.
    fresh.querySelector("[data-said]").textContent = "";
    panel.replaceWith(fresh);
    for (const area of unsent) {
      const same = document.getElementById(area.id);
      if (!same) continue;
      same.value = area.value;
      const box = same.closest("details");
      if (box) box.open = true;
    }
    say(fresh, said);
    const focused = fresh.querySelector("[role=alert]") ? form.querySelector("textarea")?.id : "note-text";
    document.getElementById(focused)?.focus();
  } catch (error) {
    button?.removeAttribute("disabled");
    say(panel, error instanceof TypeError ? words.failed : error.message);
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("[data-notes]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

// Calling colleagues.

function choices(area) {
  return area.parentElement.querySelector(".story-mentions");
}

function close(area) {
  choices(area)?.remove();
}

function choose(area, login) {
  const before = area.value.slice(0, area.selectionStart).replace(/[\w.+-]*$/u, "");
  const after = area.value.slice(area.selectionStart);
  area.value = `${before}${login} ${after}`;
  area.selectionStart = area.selectionEnd = before.length + login.length + 1;
  close(area);
  area.focus();
}

function offer(area, people) {
  close(area);
  if (!people.length) return;
  const list = document.createElement("div");
  list.className = "story-mentions";
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", words.mention);
  for (const { login, name } of people) {
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "auto";
    button.textContent = name ? `@${login} (${name})` : `@${login}`;
    button.addEventListener("click", () => choose(area, login));
    list.append(button);
  }
  area.after(list);
  say(area.closest("[data-notes]"), words.found.replace("%s", people.length));
}

let asked = 0;
let waiting;
document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches?.("[data-mentions]")) return;
  clearTimeout(waiting);
  const number = ++asked;
  const start = MENTION.exec(area.value.slice(0, area.selectionStart));
  if (!start) return close(area);
  waiting = setTimeout(async () => {
    const address = new URL(area.closest("[data-notes]").dataset.colleagues, location);
    address.searchParams.set("q", start[1]);
    try {
      const answer = await fetch(address);
      if (answer.ok && number === asked) offer(area, (await answer.json()).people);
    } catch {
      // Names can be typed without any help.
    }
  }, 150);
});

document.addEventListener("keydown", (event) => {
  const panel = event.target.closest?.("[data-notes]");
  if (!panel) return;
  const list = event.target.matches("[data-mentions]") ? choices(event.target) : event.target.closest(".story-mentions");
  if (!list) return;
  const area = list.parentElement.querySelector("textarea");
  const buttons = [...list.children];
  const place = buttons.indexOf(document.activeElement);
  if (event.key === "Escape") {
    close(area);
    area.focus();
  } else if (event.key === "ArrowDown" || (event.key === "ArrowRight" && place >= 0)) {
    buttons[Math.min(place + 1, buttons.length - 1)].focus();
  } else if (event.key === "ArrowUp" || (event.key === "ArrowLeft" && place >= 0)) {
    (buttons[place - 1] ?? area).focus();
  } else {
    return;
  }
  event.preventDefault();
});
