// Sends pictures one after another, two at a time, and shows how far each is. What became of a file is said by the
// server, as a list item that takes the place of the file's own.

const words = JSON.parse(document.getElementById("upload-words").textContent)
const { mostBytes, upload } = words.settings
const AT_ONCE = 2

const form = document.querySelector("[data-upload]")
const zone = form.querySelector("[data-zone]")
const input = form.querySelector("input[type=file]")
const keepBoth = form.querySelector("#id_keep_both")
const arrivals = document.querySelector("[data-arrivals]")
const list = arrivals.querySelector("[data-list]")
const summary = arrivals.querySelector("[data-summary]")
const fill = arrivals.querySelector("[data-fill]")
const saving = arrivals.querySelector("[data-save]")

const waiting = []
let sending = 0
let all = 0
let done = 0
let added = 0
let isUnsaved = false

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

function tell() {
  summary.textContent = words.summary
    .replace("%(done)s", done)
    .replace("%(all)s", all)
    .replace("%(added)s", added)
  saving.hidden = !list.querySelector("[name=ids]")
  fill.hidden = list.querySelectorAll("[name=ids]").length < 2
}

/** The list item of a file that has no answer yet. */
function row(file) {
  const bar = element("progress", { max: 1, value: 0 })
  bar.setAttribute("aria-label", file.name)
  const state = element("p", { className: "arrival__state", textContent: words.waiting })
  const buttons = element("p", { className: "desk-buttons" })
  const name = element("p", { className: "arrival__name", dir: "auto", textContent: file.name })
  const item = element("li", { className: "arrival" }, element("div", { className: "arrival__body" }, name, bar, state, buttons))
  return { item, bar, state, buttons }
}

function take(file, twice = keepBoth.checked, instead = null) {
  const shown = row(file)
  if (instead) instead.replaceWith(shown.item)
  else list.append(shown.item)
  if (!instead) all += 1
  if (file.size > mostBytes) return fail(file, shown, words.heavy, false)
  waiting.push({ file, shown, twice })
  next()
  tell()
}

function next() {
  while (sending < AT_ONCE && waiting.length) {
    sending += 1
    send(waiting.shift())
  }
}

function send({ file, shown, twice }) {
  const body = new FormData()
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value)
  body.append("files", file)
  if (twice) body.append("keep_both", "on")
  const request = new XMLHttpRequest()
  request.open("POST", upload)
  request.setRequestHeader("Accept", "application/json")
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return
    shown.bar.value = event.loaded / event.total
    const percent = `${Math.floor((100 * event.loaded) / event.total)} %`
    shown.state.textContent = event.loaded < event.total ? words.sending.replace("%s", percent) : words.drawing
  })
  request.addEventListener("load", () => answer(file, shown, request))
  request.addEventListener("error", () => fail(file, shown, words.network))
  request.addEventListener("loadend", () => {
    sending -= 1
    next()
  })
  request.send(body)
}

function answer(file, shown, request) {
  const type = request.getResponseHeader("Content-Type") ?? ""
  if (request.status === 200 && type.startsWith("application/json")) {
    const [arrival] = JSON.parse(request.responseText).arrivals
    return show(file, shown, arrival)
  }
  if (request.responseURL.includes("/login/")) return fail(file, shown, words.loggedOut)
  // Sentences of our own come as plain text; pages of proxies and errors do not help anybody.
  fail(file, shown, type.startsWith("text/plain") ? request.responseText : words.unexpected)
}

function show(file, shown, { outcome, html }) {
  const item = new DOMParser().parseFromString(html, "text/html").querySelector("li")
  document.adoptNode(item)
  shown.item.replaceWith(item)
  done += 1
  if (outcome === "added") {
    added += 1
    isUnsaved = true
  }
  if (outcome === "twin") offer(file, item)
  tell()
}

/** The two ways to go on with a picture that the library has: nothing more to do, or the same file once more. */
function offer(file, item) {
  const choices = item.querySelector("[data-choices]")
  item.querySelector("[data-plain]").hidden = true
  choices.hidden = false
  choices.querySelector("[data-use]").addEventListener("click", () => {
    choices.remove()
    item.querySelector("a").focus()
  })
  choices.querySelector("[data-keep-both]").addEventListener("click", () => {
    done -= 1
    take(file, true, item)
  })
}

function fail(file, shown, sentence, mayRetry = true) {
  done += 1
  shown.bar.remove()
  shown.item.classList.add("arrival--refused")
  shown.state.className = "arrival__refusal"
  shown.state.textContent = sentence
  if (mayRetry) {
    const retry = element("button", { type: "button", className: "button", textContent: words.retry })
    retry.addEventListener("click", () => {
      done -= 1
      take(file, keepBoth.checked, shown.item)
    })
    shown.buttons.append(retry)
  }
  const drop = element("button", { type: "button", className: "button desk-quiet", textContent: words.drop })
  drop.addEventListener("click", () => {
    shown.item.remove()
    done -= 1
    all -= 1
    tell()
    input.focus()
  })
  shown.buttons.append(drop)
  tell()
}

input.addEventListener("change", () => {
  for (const file of input.files) take(file)
  input.value = ""
})
form.querySelector("[data-send]").hidden = true

for (const name of ["dragenter", "dragover"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault()
    zone.classList.add("upload__zone--over")
  })
}
zone.addEventListener("dragleave", () => zone.classList.remove("upload__zone--over"))
zone.addEventListener("drop", (event) => {
  event.preventDefault()
  zone.classList.remove("upload__zone--over")
  for (const file of event.dataTransfer.files) take(file)
})

arrivals.querySelector("[data-fill-now]").addEventListener("click", () => {
  for (const source of fill.querySelectorAll("[data-fills]")) {
    for (const field of list.querySelectorAll(`[name$="-${source.dataset.fills}"]`)) {
      field.value ||= source.value
    }
  }
})
arrivals.addEventListener("submit", (event) => {
  if (sending) event.preventDefault()
  else isUnsaved = false
})
addEventListener("beforeunload", (event) => {
  if (sending || isUnsaved) event.preventDefault()
})
