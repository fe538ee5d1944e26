// Keeps what is typed into a story: on the server every few seconds, and in this browser, where it survives a lost
// session and a dead server. Says who else is here, and asks before unsaved words are left.

const settings = JSON.parse(document.getElementById("story-words").textContent)
const say = settings.sentences
const form = document.getElementById("article_form")
const field = (name) => form.elements.namedItem(name)
const key = field("session_key").value

const DEBOUNCE = 3000
const AT_MOST_EVERY = 5000
const HEARTBEAT = 15000
const COPY_AFTER = 800
// Browsers send no more than this when a page goes.
const LAST_WORDS = 60000
const isShort = (text) => new Blob([text]).size < LAST_WORDS
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "session_key", "base_revision"])

// What the form holds.

function typed() {
  const fields = {}
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !NOT_TYPED.has(name)) (fields[name] ??= []).push(value)
  }
  return JSON.stringify(fields)
}

let first = ""
let newest = ""
let changedAt = 0
let sent = ""
let isLeaving = false
// What was posted and refused is not kept anywhere yet; what was brought back is.
const isDirty = () => settings.isRefused || newest !== first

// The copy in this browser. One for each window; a window that is open holds a lock of its name.

const PREFIX = `newsroom.words.${settings.user}.${settings.story}.`

function copies() {
  const found = []
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue
      found.push({ name, key: name.slice(PREFIX.length), ...JSON.parse(localStorage.getItem(name)) })
    }
  } catch {
    // A browser that keeps nothing, or a copy that no script of ours wrote.
  }
  return found.sort((a, b) => b.at - a.at)
}

function keepHere(isOnServer) {
  const base = Number(field("base_revision").value) || 0
  try {
    if (!isDirty()) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, JSON.stringify({ at: Date.now(), base, fields: newest, isOnServer }))
    return true
  } catch {
    tell(say.noRoom, true)
    return false
  }
}

// What the person is told.

const state = document.querySelector("[data-words-state]")
const here = document.querySelector("[data-words-here]")
const news = document.querySelector("[data-words-news]")

function tell(sentence, isWarning = false) {
  if (state.textContent !== sentence) state.textContent = sentence
  state.classList.toggle("words-warning", isWarning)
}

function showOthers(answer) {
  if (!answer.here) return
  here.replaceChildren(...answer.here.map((sentence) => Object.assign(document.createElement("li"), { textContent: sentence })))
  const lock = answer.lock === settings.lock ? "" : answer.lock
  const said = [answer.newer, lock].filter(Boolean).join(" ")
  if (news.textContent !== said) news.textContent = said
}

// Talking to the server, one message after another.

const FAILED = { isFailed: true }

async function post(message, options = {}) {
  whyNot = null
  const body = JSON.stringify({ session_key: key, ...message })
  const ask = () =>
    fetch(settings.address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": field("csrfmiddlewaretoken").value },
      body,
      redirect: "manual",
      ...options,
    })
  try {
    let response = await ask()
    if (response.status === 403 && (await renewToken())) response = await ask()
    if (response.type === "opaqueredirect") return { ...FAILED, sentence: say.loggedOut }
    if (response.ok) return await response.json()
    if (response.status === 403 || response.status === 404) return { ...FAILED, sentence: whyNot ?? say.gone }
    if (response.status === 400 || response.status === 413) return { ...FAILED, sentence: (await response.json()).message }
  } catch {
    // As when the server answers 500: it may come back.
  }
  return { ...FAILED, sentence: whyNot ?? say.offline }
}

// Why the server did not give another token.
let whyNot = null

/** After a login in another tab this page's token is refused. Only the same person gets another. */
async function renewToken() {
  const response = await fetch(settings.address, { redirect: "manual" })
  if (response.type === "opaqueredirect") whyNot = say.loggedOut
  if (!response.ok) return false
  const { csrf, user } = await response.json()
  if (user !== settings.user) {
    whyNot = say.someoneElse
    return false
  }
  for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = csrf
  return true
}

let sending = null
let timer = 0

async function send() {
  clearTimeout(timer)
  if (sending || isLeaving) return
  sending = new AbortController()
  const slow = setTimeout(() => sending?.abort(), 20000)
  const what = newest
  const hasNews = isDirty() && what !== sent
  const said = { ...message(), ...(hasNews ? { fields: JSON.parse(what) } : {}) }
  // A telephone may put the page away before the answer comes.
  const keepalive = document.hidden && isShort(what)
  const answer = await post(said, { signal: sending.signal, keepalive })
  clearTimeout(slow)
  sending = null
  if (isLeaving) return
  if (answer.isFailed) {
    if (isDirty()) tell(answer.sentence, true)
    return
  }
  showOthers(answer)
  if (hasNews) {
    settings.insteadOf = ""
    if (answer.kept) {
      sent = what
      if (newest === what) keepHere(true)
      tell(say.kept.replace("%s", answer.at))
      document.dispatchEvent(new CustomEvent("words:kept"))
    } else {
      tell(say.local, true)
    }
  } else if (isDirty() && state.classList.contains("words-warning") && sent === newest) {
    tell(say.kept.replace("%s", answer.at))
  }
  if (newest !== what) schedule()
}

const message = () => ({
  base: Number(field("base_revision").value) || 0,
  mode: isDirty() ? "editing" : "looking",
  instead_of: settings.insteadOf,
})

function schedule() {
  clearTimeout(timer)
  timer = setTimeout(send, Math.max(0, Math.min(DEBOUNCE, changedAt + AT_MOST_EVERY - Date.now())))
}

/** Look at the form again. Not every control says when it changes: calendars and lists of tags are silent. */
function look() {
  const now = typed()
  if (now === newest) return
  if (sent === newest || newest === first) changedAt = Date.now()
  newest = now
  if (isDirty()) {
    if (!state.textContent) tell(say.unsaved)
    schedule()
  } else {
    tell("")
  }
  keepHere(false)
}

let looking = 0
function lookSoon() {
  clearTimeout(looking)
  looking = setTimeout(look, COPY_AFTER)
}

/** The page is closed: what was not sent yet, as far as browsers let it go, and that nobody is here any more. */
function lastWords() {
  if (isLeaving) return
  look()
  sending?.abort()
  const hasNews = isDirty() && newest !== sent && isShort(newest)
  post({ ...message(), mode: "gone", ...(hasNews ? { fields: JSON.parse(newest) } : {}) }, { keepalive: true })
}

// Copies that other windows left behind.

async function openWindows() {
  if (!navigator.locks) return new Set()
  navigator.locks.request(PREFIX + key, () => new Promise(() => {}))
  const { held } = await navigator.locks.query()
  return new Set(held.map((lock) => lock.name))
}

/** Put a question on the page. One that stands there already is left alone: the person may be about to answer it. */
function showOffer(offer) {
  const place = document.getElementById("words-offer")
  const asked = place.querySelector("[name=version]")?.value
  const said = new DOMParser().parseFromString(offer, "text/html")
  if (asked !== said.querySelector("[name=version]").value) place.innerHTML = offer
}

/** What the server does not have goes there, and comes back as a question, unless it was saved after all. */
async function offerCopies() {
  const open = await openWindows()
  const left = copies().filter((copy) => copy.key !== key && !open.has(copy.name))
  for (const copy of left) if (copy.isOnServer && copy.key !== settings.buffer) localStorage.removeItem(copy.name)
  for (const copy of left.filter((copy) => !copy.isOnServer)) {
    // One question at a time: the next is asked when this one is answered.
    if (settings.buffer && settings.buffer !== copy.key && !settings.insteadOf) continue
    const said = { session_key: copy.key, base: copy.base, fields: JSON.parse(copy.fields), offer: true }
    const answer = await post({ ...said, instead_of: settings.insteadOf })
    if (answer.isFailed || !answer.kept) return
    settings.insteadOf = ""
    settings.buffer = ""
    if (!answer.offer) {
      localStorage.removeItem(copy.name)
      continue
    }
    localStorage.setItem(copy.name, JSON.stringify({ ...copy, isOnServer: true }))
    showOffer(answer.offer)
    return
  }
}

// Copying one side of a conflict.

for (const button of document.querySelectorAll("[data-words-copy]")) {
  button.hidden = false
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.wordsCopy)
      tell(say.copied)
    } catch {
      tell(say.notCopied, true)
    }
  })
}

// Beginning, when the text editor has settled.

function begin() {
  first = newest = typed()
  if (settings.isRefused || settings.isBroughtBack) tell(say.unsaved)
  if (settings.isRefused) keepHere(false)
  for (const name of ["input", "change"]) {
    document.addEventListener(name, ({ target }) => {
      // Fields that belong to the form stand beside it too.
      if (target.form !== form && !form.contains(target)) return
      isLeaving = false
      lookSoon()
    })
  }
  setInterval(look, AT_MOST_EVERY)
  setInterval(() => {
    look()
    send()
  }, HEARTBEAT)
  send()
  addEventListener("online", send)
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return
    look()
    send()
  })
  addEventListener("pagehide", lastWords)
  addEventListener("pageshow", () => (isLeaving = false))
  form.addEventListener("submit", () => {
    look()
    keepHere(false)
    isLeaving = true
  })
  addEventListener("beforeunload", (event) => {
    if (isLeaving) return
    look()
    if (isDirty()) event.preventDefault()
  })
  offerCopies()
}

if (document.readyState === "complete") begin()
else addEventListener("load", begin)
