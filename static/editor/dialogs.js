// Our dialogs: choose or upload a picture, and ask for an address. Each answers with a promise; null is "no".

import { page, upload } from "editor/pictures"
import { element, gettext, say } from "editor/strings"

let numbers = 0

/** Show a dialog until it closes. `fill(close)` returns its content; `close(value)` answers. */
function show(title, className, fill) {
  return new Promise((resolve) => {
    let answer = null
    const heading = element("h2", { id: `editor-dialog-${++numbers}`, textContent: title })
    const cross = element("button", { type: "button", className: "editor-dialog__close", textContent: "×" })
    cross.setAttribute("aria-label", gettext("Close"))
    const dialog = element(
      "dialog",
      { className: `editor-dialog ${className}`, "aria-labelledby": heading.id },
      element("header", { className: "editor-dialog__head" }, heading, cross),
    )
    const close = (value) => {
      answer = value
      dialog.close()
    }
    cross.addEventListener("click", () => close(null))
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(answer)
    })
    dialog.append(...fill(close))
    document.body.append(dialog)
    dialog.showModal()
  })
}

const button = (label, properties = {}) =>
  element("button", { type: "button", className: "editor-button", textContent: label, ...properties })

function field(label, input, help = null) {
  input.id ||= `editor-field-${++numbers}`
  const lines = [element("label", { htmlFor: input.id, textContent: label }), input]
  if (help) {
    const line = element("p", { id: `${input.id}-help`, className: "editor-quiet", textContent: help })
    input.setAttribute("aria-describedby", line.id)
    lines.push(line)
  }
  return element("div", { className: "editor-field" }, ...lines)
}

/** Ask for an address. `check(value)` returns the address to use, or null for one that cannot be used. */
export function askAddress({ title, label, refusal, submit, value = "", check }) {
  return show(title, "editor-dialog--small", (close) => {
    const input = element("input", { type: "text", inputMode: "url", dir: "ltr", value, autocomplete: "off" })
    const error = element("p", { className: "editor-error", role: "alert" })
    const form = element(
      "form",
      { noValidate: true },
      field(label, input),
      error,
      element(
        "div",
        { className: "editor-dialog__foot" },
        element("button", { type: "submit", className: "editor-button editor-button--main", textContent: submit }),
      ),
    )
    form.addEventListener("submit", (event) => {
      event.preventDefault()
      const address = check(input.value.trim())
      if (address) return close(address)
      error.textContent = refusal
      input.setAttribute("aria-invalid", "true")
      input.focus()
    })
    return [form]
  })
}

/** Choose a picture of the library or upload one. */
export function choosePicture() {
  return show(gettext("Choose a picture"), "editor-dialog--chooser", (close) => {
    const uploading = uploadForm(close)
    const grid = element("ul", { className: "chooser__grid" })
    const status = element("p", { className: "editor-quiet", role: "status" })
    const newer = button(gettext("Newer"), { disabled: true })
    const older = button(gettext("Older"), { disabled: true })
    const query = element("input", { type: "search", placeholder: gettext("Search the library") })
    query.setAttribute("aria-label", gettext("Search the library"))
    const search = element(
      "form",
      { role: "search", className: "chooser__search" },
      query,
      element("button", { type: "submit", className: "editor-button", textContent: gettext("Search") }),
    )
    let at = 1
    const turnTo = async (number) => {
      try {
        const found = await page(query.value, number)
        at = found.page
        grid.replaceChildren(...found.pictures.map((picture) => tile(picture, close)))
        status.textContent = found.pictures.length ? "" : gettext("No picture matches.")
        newer.disabled = at === 1
        older.disabled = !found.has_older
        uploading.hidden = !found.may_upload
      } catch (error) {
        status.textContent = error.message
      }
    }
    search.addEventListener("submit", (event) => {
      event.preventDefault()
      turnTo(1)
    })
    newer.addEventListener("click", () => turnTo(at - 1))
    older.addEventListener("click", () => turnTo(at + 1))
    turnTo(1)
    return [search, uploading, status, grid, element("div", { className: "editor-dialog__foot" }, newer, older)]
  })
}

function tile(picture, close) {
  const image = element("img", { src: picture.thumb, alt: "", loading: "lazy" })
  const title = element("span", { className: "chooser__title", dir: "auto", textContent: picture.title })
  const chosen = element("button", { type: "button", className: "chooser__tile" }, image, title)
  chosen.setAttribute("aria-label", say("Use the picture “%s”", picture.title))
  if (!picture.alt && !picture.decorative) {
    chosen.append(element("span", { className: "editor-error", textContent: gettext("No alternative text") }))
  }
  chosen.addEventListener("click", () => close(picture))
  return element("li", {}, chosen)
}

function uploadForm(close) {
  const file = element("input", { type: "file", name: "file", accept: "image/jpeg,image/png,image/webp,image/gif" })
  const alt = element("input", { type: "text", name: "alt", maxLength: 300, dir: "auto" })
  const decorative = element("input", { type: "checkbox", name: "decorative", id: `editor-field-${++numbers}` })
  const error = element("p", { className: "editor-error", role: "alert" })
  const twin = element("div", { className: "chooser__twin" })
  const send = element("button", {
    type: "submit",
    className: "editor-button editor-button--main",
    textContent: gettext("Upload and use"),
  })
  const form = element(
    "form",
    { className: "chooser__form", noValidate: true },
    field(gettext("File"), file),
    field(gettext("Alternative text"), alt, gettext("What the picture shows, for people who cannot see it.")),
    element(
      "div",
      { className: "editor-check" },
      decorative,
      element("label", {
        htmlFor: decorative.id,
        textContent: gettext("Decorative: nothing is lost by not seeing it"),
      }),
    ),
    field(gettext("Caption"), element("input", { type: "text", name: "caption", maxLength: 500, dir: "auto" })),
    field(gettext("Credit"), element("input", { type: "text", name: "credit", maxLength: 200, dir: "auto" })),
    error,
    twin,
    send,
  )
  decorative.addEventListener("change", () => {
    alt.disabled = decorative.checked
  })
  const submit = async (keepBoth) => {
    send.disabled = true
    send.textContent = gettext("Uploading …")
    error.textContent = ""
    twin.replaceChildren()
    try {
      close(await upload(form, keepBoth))
    } catch (refused) {
      error.textContent = refused.message
      if (refused.picture) twin.replaceChildren(...ways(refused.picture))
      send.disabled = false
      send.textContent = gettext("Upload and use")
    }
  }
  // The library has this very picture.
  const ways = (picture) => {
    const use = button(gettext("Use that one"))
    const both = button(gettext("Keep both"))
    use.addEventListener("click", () => close(picture))
    both.addEventListener("click", () => submit(true))
    return [element("img", { src: picture.thumb, alt: picture.title }), use, both]
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    submit(false)
  })
  const summary = element("summary", { textContent: gettext("Upload a new picture") })
  return element("details", { className: "chooser__upload", hidden: true }, summary, form)
}
