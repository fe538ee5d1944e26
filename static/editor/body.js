// The text editor in place of the textarea of a story.

import "editor/strings"
import { createTextareaEditor, initializeEditors, Menu } from "django-prose-editor/editor"

import { EmbedFigure, MediaFigure } from "editor/figures"
import { FORMATTING } from "editor/formatting"
import { WordPaste } from "editor/paste"
import { Serializing } from "editor/serializing"
import { dressToolbar } from "editor/toolbar"

const GROUPS = [
  "headings",
  "nodes -headings -lists",
  "lists",
  "marks",
  "link",
  "insert",
  "table",
  "history",
  "utility",
].map((group) => ({ group }))

function create(textarea) {
  if (textarea.closest(".prose-editor")) return
  const extensions = [...FORMATTING, MediaFigure, EmbedFigure, WordPaste, Serializing, Menu.configure({ groups: GROUPS })]
  const editor = createTextareaEditor(textarea, extensions)
  editor.on("create", () => {
    dressToolbar(editor)
    label(editor, textarea)
    followLanguage(editor, textarea)
  })
}

function label({ view, commands }, textarea) {
  const [line] = textarea.labels
  if (!line) return
  line.id ||= `${textarea.id}_label`
  line.addEventListener("click", () => commands.focus())
  view.dom.setAttribute("aria-labelledby", line.id)
  const described = textarea.getAttribute("aria-describedby")
  if (described) view.dom.setAttribute("aria-describedby", described)
}

/** Lists and tables stand on the side of the story's language; each paragraph turns to its own words by itself. */
function followLanguage({ view }, textarea) {
  const language = textarea.form?.elements.namedItem("language")
  if (!language) return
  const turn = () => {
    view.dom.lang = language.value
    view.dom.dir = language.value === "ar" ? "rtl" : "ltr"
  }
  language.addEventListener("change", turn)
  turn()
}

initializeEditors(create, "[data-story-editor]")
