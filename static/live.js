// A live blog that stands open asks for news while somebody looks at it, and shows it when that person says so.
// Without this file the page is complete, and a reload brings what is new.

const EVERY = 20_000;
const LONGEST = 160_000;

const blog = document.querySelector("[data-live]");
const [pinned, entries] = [".live__pinned", ".live__entries"].map((name) => blog.querySelector(name));
const bar = blog.querySelector(".live__news");
const [said, show] = [bar.querySelector("p"), bar.querySelector("button")];
const events = blog.querySelector(".live__events");
const words = JSON.parse(bar.dataset.words);
const kind = new Intl.PluralRules(document.documentElement.lang);

let [, address, version] = blog.dataset.live.match(/^(.*?)(\d+)\/$/);
let isRunning = true;
let wait = EVERY;
let askedAt = Date.now();
let timer;

/** What came in and is not shown yet, by number: an entry, or null for one that was taken out. */
const waiting = new Map();

function say(sentence, isNews = false) {
  if (said.textContent !== sentence) said.textContent = sentence;
  said.classList.toggle("is-news", isNews);
}

function announce() {
  const fresh = [...waiting.values()].filter((entry) => entry?.isNew).length;
  show.hidden = !waiting.size;
  if (fresh) say(words.new[kind.select(fresh)].replace("%(count)d", fresh), true);
  else if (waiting.size) say(words.changed, true);
  else say(isRunning ? words.waiting : words.over);
}

const find = (number, inside = blog) => inside.querySelector(`[data-number="${number}"]`);
const standing = (number) => pinned.querySelector(`[data-number="${number}"]`) ?? find(number, entries);

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

function placeByNumber(list, node) {
  const number = Number(node.dataset.number);
  const before = [...list.children].find((other) => Number(other.dataset.number) < number);
  list.insertBefore(node, before ?? null);
}

/** Readers must not go on reading what was taken out; its room stays until they ask for a change. */
function blank(number) {
  const node = standing(number);
  if (!node || node.classList.contains("entry--gone")) return;
  node.style.minBlockSize = `${node.getBoundingClientRect().height}px`;
  node.classList.add("entry--gone");
  node.textContent = words.gone;
  const list = events.querySelector("ol");
  find(number, list)?.remove();
}

function put(number, entry) {
  const known = standing(number);
  const oldest = Number([...entries.children].at(-1)?.dataset.number ?? 0);
  const list = events.querySelector("ol");
  known?.remove();
  find(number, list)?.remove();
  if (!entry) return null;
  if (entry.event) placeByNumber(list, element(entry.event));
  // What changed on an older page is read there.
  if (!known && !entry.isNew && !entry.isPinned && number < oldest) return null;
  const node = element(entry.html);
  placeByNumber(entry.isPinned ? pinned : entries, node);
  return node;
}

show.addEventListener("click", () => {
  const placed = [...waiting].sort(([a], [b]) => a - b).map(([number, entry]) => [put(number, entry), entry]);
  waiting.clear();
  events.hidden = !events.querySelector("li");
  blog.querySelector(":scope > .empty")?.remove();
  announce();
  const first = placed.filter(([node, entry]) => node && entry.isNew).at(-1)?.[0];
  (first ?? said).scrollIntoView({ block: "nearest" });
  first?.focus({ preventScroll: true });
});

function take(news) {
  for (const number of news.gone) {
    if (standing(number)) {
      blank(number);
      waiting.set(number, null);
    } else {
      waiting.delete(number);
    }
  }
  for (const { number, html, event, is_new, is_pinned } of news.entries) {
    const isNew = (is_new || waiting.get(number)?.isNew === true) && !standing(number);
    waiting.set(number, { html, event, isNew, isPinned: is_pinned });
  }
  version = news.version;
  isRunning = news.is_running;
}

async function ask() {
  askedAt = Date.now();
  try {
    const response = await fetch(`${address}${version}/`);
    if (response.status === 404) {
      isRunning = false; // withdrawn: a reload says so
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    wait = EVERY;
    const news = response.status === 204 ? null : await response.json();
    if (news) take(news);
    announce();
    if (news?.is_more) await ask();
  } catch {
    wait = Math.min(wait * 2, LONGEST);
    if (!waiting.size) say(words.lost);
  }
}

function plan() {
  clearTimeout(timer);
  if (!isRunning || document.visibilityState !== "visible") return;
  timer = setTimeout(() => ask().then(plan), Math.max(0, askedAt + wait - Date.now()));
}

document.addEventListener("visibilitychange", plan);
announce();
plan();
