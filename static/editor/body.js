// The text editor in place of the textarea of a story.

import "editor/strings"

import { Editor, initializeEditors, Menu } from "django-prose-editor/editor"

import { EmbedFigure, MediaFigure } from "editor/figures"
import { FORMATTING } from "editor/formatting"
import { PlainPaste } from "editor/paste"
import { htmlOf } from "editor/serializing"
import { element } from "editor/strings"
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

const EXTENSIONS = [...FORMATTING, MediaFigure, EmbedFigure, PlainPaste, Menu.configure({ groups: GROUPS })]

function create(textarea) {
  if (textarea.closest(".prose-editor")) return
  // The library's own frame, so that its style sheet and full screen find what they expect.
  const frame = element("div", { className: "prose-editor" })
  textarea.before(frame)
  frame.append(textarea)
  new Editor({
    element: frame,
    editable: !textarea.disabled,
    extensions: EXTENSIONS,
    content: textarea.value,
    onCreate({ editor }) {
      dressToolbar(editor)
      label(editor, textarea)
      followLanguage(editor, textarea)
    },
    onUpdate({ editor }) {
      textarea.value = htmlOf(editor.state.doc)
      textarea.dispatchEvent(new Event("input", { bubbles: true }))
    },
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
