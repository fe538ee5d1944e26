// The menu as an accessible toolbar: labels in the page's language, states that are said, one stop for the Tab key.

import { buttons, gettext } from "editor/strings"

const ICONS = { codeBlock: "data_object" }
const TOGGLES = /^(heading|bold|italic|strike|subscript|superscript|code|bulletList|orderedList|blockquote|link$)/

export function dressToolbar(editor) {
  const bar = editor.storage.menu.dom
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", gettext("Formatting"))
  const all = [...bar.querySelectorAll("button[data-name]")]
  for (const button of all) {
    const { name } = button.dataset
    button.title = buttons[name]
    button.setAttribute("aria-label", buttons[name])
    if (ICONS[name]) button.textContent = ICONS[name]
    if (button.dataset.level) {
      button.className = "prose-menubar__button"
      button.textContent = `H${button.dataset.level}`
    }
  }

  const sayStates = () => {
    for (const button of all) {
      const { classList, dataset } = button
      button.setAttribute("aria-disabled", classList.contains("disabled"))
      if (TOGGLES.test(dataset.name)) button.setAttribute("aria-pressed", classList.contains("active"))
    }
  }
  editor.on("transaction", sayStates)
  sayStates()

  const stopAt = (chosen) => all.forEach((button) => (button.tabIndex = button === chosen ? 0 : -1))
  stopAt(all[0])
  bar.addEventListener("focusin", ({ target }) => stopAt(target))
  bar.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return
    const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    const seen = all.filter((button) => !button.classList.contains("hidden"))
    const next = seen.at((seen.indexOf(document.activeElement) + (event.key === forward ? 1 : -1)) % seen.length)
    event.preventDefault()
    next.focus()
  })
}
