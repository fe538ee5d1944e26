// The story screen: what stands beside the text becomes tabs, fields grow and count, checks follow what is typed.
// Without this script all of it stands on the page, one part below the other.

const form = document.getElementById("article_form");
const field = (name) => form.elements.namedItem(name);
const RTL = getComputedStyle(document.documentElement).direction === "rtl";

// Tabs

const side = document.querySelector("[data-story-tabs]");
const panels = [...side.querySelectorAll(":scope > [data-tab]")];
const KEPT = "desk-story-tab";
const tabs = new Map();

function remembered() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function show(panel, isFocused = false) {
  for (const [one, tab] of tabs) {
    const isChosen = one === panel;
    one.hidden = !isChosen;
    tab.setAttribute("aria-selected", isChosen);
    tab.tabIndex = isChosen ? 0 : -1;
  }
  if (isFocused) tabs.get(panel).focus();
  try {
    sessionStorage.setItem(KEPT, panel.id);
  } catch {
    // Without storage a page begins with its first tab.
  }
}

function makeTabs() {
  const list = Object.assign(document.createElement("div"), { className: "story-tabs" });
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", side.dataset.label);
  for (const panel of panels) {
    const tab = Object.assign(document.createElement("button"), { type: "button", className: "story-tab", id: `${panel.id}-tab` });
    const count = Object.assign(document.createElement("b"), { textContent: panel.dataset.count ?? "" });
    tab.append(panel.dataset.tab, count);
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.classList.toggle("has-errors", "refused" in panel.dataset);
    if ("refused" in panel.dataset) count.textContent = "!";
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
    tab.addEventListener("click", () => show(panel));
    tabs.set(panel, tab);
    list.append(tab);
  }
  list.addEventListener("keydown", (event) => {
    const at = panels.findIndex((panel) => tabs.get(panel) === document.activeElement);
    const forward = RTL ? "ArrowLeft" : "ArrowRight";
    const back = RTL ? "ArrowRight" : "ArrowLeft";
    const to = { [forward]: at + 1, [back]: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    show(panels.at(to % panels.length), true);
  });
  side.prepend(list);
  side.classList.add("is-tabbed");
  const refused = panels.find((panel) => "refused" in panel.dataset);
  const asked = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest("[data-tab]");
  show(refused ?? (asked || (panels.find((panel) => panel.id === remembered()) ?? panels[0])));
}

/** Open whatever hides an element, and go to it. */
function jump(target) {
  const panel = target.closest("[data-tab]");
  if (panel) show(panel);
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const editor = target.closest(".prose-editor")?.querySelector(".ProseMirror");
  const goal = editor ?? (target.matches("input:not([type=hidden]), select:not(.select2-hidden-accessible), textarea, button") ? target : (target.querySelector("select, input:not([type=hidden]), button, textarea") ?? target));
  const wrapped = target.matches(".select2-hidden-accessible") ? target.nextElementSibling?.querySelector("[role=combobox], [role=searchbox]") : null;
  const last = wrapped ?? (goal.offsetParent === null ? (goal.parentElement.querySelector("button") ?? goal) : goal);
  last.scrollIntoView({ block: "center" });
  last.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-jump]");
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  if (target.matches("[data-tab]")) {
    show(target);
    target.scrollIntoView({ block: "nearest" });
    tabs.get(target).focus({ preventScroll: true });
  } else jump(target);
});

// Fields that grow and count

const grow = (area) => {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.blockSize = "auto";
  area.style.blockSize = `${area.scrollHeight + 2}px`;
};

for (const area of document.querySelectorAll("[data-grows]")) {
  area.addEventListener("input", () => grow(area));
  grow(area);
}
field("headline")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  (document.getElementById("id_standfirst") ?? event.target).focus();
});

for (const area of document.querySelectorAll("[data-most]")) {
  const most = Number(area.dataset.most);
  const said = Object.assign(document.createElement("span"), { className: "story-count" });
  said.setAttribute("aria-hidden", "true");
  const count = () => {
    const length = [...area.value].length;
    said.textContent = `${length} / ${most}`;
    said.classList.toggle("is-over", length > most);
  };
  area.before(said);
  area.addEventListener("input", count);
  count();
}

// The day in words: which weekday it will be

const when = document.querySelector("[data-when]");
if (when) {
  const day = field("publish_at_0");
  const time = field("publish_at_1");
  const words = new Intl.DateTimeFormat(document.documentElement.lang === "ar" ? "ar-u-nu-latn" : "en-GB", { dateStyle: "full", timeZone: "UTC" });
  const sayDay = () => {
    const moment = day.value ? new Date(`${day.value}T00:00:00Z`) : null;
    when.textContent = moment && !Number.isNaN(moment.getTime()) ? `${words.format(moment)}${time.value ? `, ${time.value}` : ""} (${when.dataset.zone})` : "";
  };
  // With another time than the one that was kept, the button does not say any more when it would publish.
  const publish = document.querySelector("button[data-publish]");
  const openPublish = () => {
    publish.textContent = publish.dataset.publish;
    publish.removeAttribute("title");
  };
  for (const input of [day, time].filter(Boolean)) {
    input.addEventListener("input", sayDay);
    if (publish) input.addEventListener("input", openPublish);
  }
}

// The byline: names are added, and taken off at once

const byline = document.querySelector("[data-byline]");
if (byline) {
  const rows = byline.querySelector("[data-rows]");
  const total = byline.querySelector("[name$=TOTAL_FORMS]");
  const add = byline.querySelector("[data-add]");
  add.hidden = false;
  // The row that is there for pages without script: not needed below names that stand.
  const last = [...rows.children].at(-1);
  const isEmpty = (row) => !row.matches(".errors") && [...row.querySelectorAll("select, input:not([type=hidden])")].every((one) => !one.value || one.type === "checkbox");
  if (rows.children.length > 1 && isEmpty(last)) last.hidden = true;
  add.addEventListener("click", () => {
    if (last?.hidden) {
      last.hidden = false;
      last.querySelector("select").focus();
      return;
    }
    const box = document.createElement("ol");
    box.innerHTML = byline.querySelector("[data-row]").innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = box.firstElementChild;
    rows.append(row);
    row.querySelector("select").focus();
    total.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Checks follow what was kept

const place = document.querySelector("[data-checks-place]");
const link = document.querySelector("[data-checks-link]");

function countChecks() {
  const found = place.querySelector("[data-checks]");
  const open = Number(found?.dataset.open ?? 0);
  const hasErrors = Number(found?.dataset.errors ?? 0) > 0;
  const tab = tabs.get(place.closest("[data-tab]"));
  if (tab) {
    if (!("refused" in place.closest("[data-tab]").dataset)) tab.querySelector("b").textContent = open || "";
    tab.classList.toggle("has-errors", hasErrors || "refused" in place.closest("[data-tab]").dataset);
  }
  link.hidden = !open;
  link.classList.toggle("has-errors", hasErrors);
  link.querySelector("[data-checks-count]").textContent = open;
}

let asking = false;
async function checkAgain() {
  if (asking) return;
  asking = true;
  try {
    const address = `${place.dataset.checksUrl}?window=${encodeURIComponent(field("session_key").value)}`;
    const answer = await fetch(address, { redirect: "error" });
    if (answer.ok) {
      const isOpen = place.querySelector("details")?.open;
      place.innerHTML = await answer.text();
      if (isOpen && place.querySelector("details")) place.querySelector("details").open = true;
      countChecks();
    }
  } catch {
    // The words say themselves that the server is gone; the checks stay as they were.
  }
  asking = false;
}
document.addEventListener("words:kept", checkAgain);

// The row of buttons

const state = document.querySelector("[data-words-state]");
const mirror = document.querySelector("[data-words-mirror]");
new MutationObserver(() => {
  mirror.textContent = state.textContent;
  mirror.classList.toggle("words-warning", state.classList.contains("words-warning"));
}).observe(state, { childList: true, characterData: true, subtree: true, attributes: true });

for (const more of document.querySelectorAll("[data-more]")) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !more.open) return;
    more.open = false;
    more.querySelector("summary").focus();
  });
  addEventListener("click", (event) => {
    if (!more.contains(event.target)) more.open = false;
  });
}

addEventListener("keydown", (event) => {
  const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && (event.key === "s" || event.code === "KeyS");
  const save = document.querySelector("button[form=article_form][name=_continue]");
  if (!isSave || !save || event.defaultPrevented || event.repeat) return;
  event.preventDefault();
  form.requestSubmit(save);
});

// Django's lists of tags come without a name.

function nameLists() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = select.labels?.[0]?.textContent.trim().replace(/:$/, "");
    for (const box of select.nextElementSibling?.querySelectorAll("[role=combobox], [role=searchbox], [role=textbox], .select2-search__field") ?? []) {
      if (!label) continue;
      box.removeAttribute("aria-labelledby");
      box.setAttribute("aria-label", label);
    }
  }
}

makeTabs();
countChecks();
document.querySelector("[data-errors][role=alert]")?.focus();
nameLists();
// They are made after this script, and made anew when something is chosen.
new MutationObserver(nameLists).observe(side, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-labelledby", "class"] });
