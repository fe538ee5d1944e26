// A number of the picture library becomes the picture, with buttons to choose another or none.

import { choosePicture } from "editor/dialogs"
import { element, gettext } from "editor/strings"

function enhance(field) {
  const input = field.querySelector("input")
  const shown = field.querySelector("[data-shown]")
  const choose = element("button", { type: "button", className: "editor-button", textContent: gettext("Choose a picture") })
  const remove = element("button", { type: "button", className: "editor-button", textContent: gettext("Remove") })

  const set = (picture) => {
    input.value = picture?.id ?? ""
    input.dispatchEvent(new Event("change", { bubbles: true }))
    shown.replaceChildren(...(picture ? [element("img", { src: picture.thumb, alt: picture.title })] : []))
    remove.hidden = !picture
  }
  choose.addEventListener("click", async () => {
    const picture = await choosePicture()
    if (picture) set(picture)
    choose.focus()
  })
  remove.addEventListener("click", () => {
    set(null)
    choose.focus()
  })
  remove.hidden = !input.value
  input.hidden = true
  input.labels[0]?.addEventListener("click", () => choose.focus())
  field.querySelector(".picture-field__controls").append(choose, remove)
}

document.querySelectorAll("[data-picture-field]").forEach(enhance)
