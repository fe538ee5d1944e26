// Pictures and embeds: figures with an attribute that says what, and a caption that is written in place.

import { Node } from "django-prose-editor/editor"

import { askAddress, choosePicture } from "editor/dialogs"
import { pictureOf } from "editor/pictures"
import { element, gettext, say } from "editor/strings"

/** Stored as `<figure data-…="…"><figcaption>…</figcaption></figure>`; `preview(value)` is what the writer sees. */
function figure(name, attribute, preview, more) {
  return Node.create({
    name,
    priority: 1000,
    group: "block",
    content: "inline*",
    draggable: true,
    isolating: true,

    addAttributes() {
      return {
        value: {
          default: null,
          parseHTML: (dom) => dom.getAttribute(attribute),
          renderHTML: ({ value }) => ({ [attribute]: value }),
        },
      }
    },

    parseHTML() {
      const contentElement = (dom) => dom.querySelector("figcaption") ?? element("figcaption")
      return [{ tag: `figure[${attribute}]`, contentElement }]
    },

    renderHTML({ node, HTMLAttributes }) {
      return node.content.size ? ["figure", HTMLAttributes, ["figcaption", 0]] : ["figure", HTMLAttributes]
    },

    addNodeView() {
      return ({ node, editor, getPos }) => {
        const remove = element("button", { type: "button", className: "story-figure__remove", textContent: "×" })
        remove.setAttribute("aria-label", gettext("Remove"))
        remove.addEventListener("click", () => {
          const from = getPos()
          editor.chain().focus().deleteRange({ from, to: from + editor.state.doc.nodeAt(from).nodeSize }).run()
        })
        const shown = element("div", { className: "story-figure__shown", contentEditable: "false" })
        shown.append(preview(node.attrs.value), remove)
        const caption = element("figcaption", { "data-placeholder": gettext("Write a caption") })
        const mark = (written) => caption.classList.toggle("is-empty", written.content.size === 0)
        mark(node)
        return {
          dom: element("figure", { className: "story-figure" }, shown, caption),
          contentDOM: caption,
          update(written) {
            if (written.type.name !== name || written.attrs.value !== node.attrs.value) return false
            mark(written)
            return true
          },
          stopEvent: (event) => remove.contains(event.target),
          ignoreMutation: (mutation) => mutation.type !== "selection" && !caption.contains(mutation.target),
        }
      }
    },

    addKeyboardShortcuts() {
      return {
        // A caption is one line: Enter goes on below the figure.
        Enter: ({ editor }) => {
          const { $from } = editor.state.selection
          if ($from.parent.type.name !== name) return false
          const after = $from.after()
          return editor.chain().insertContentAt(after, { type: "paragraph" }).setTextSelection(after + 1).run()
        },
        // Before the first letter it selects the figure; only the next one deletes it.
        Backspace: ({ editor }) => {
          const { $from, empty } = editor.state.selection
          if ($from.parent.type.name !== name || !empty || $from.parentOffset > 0) return false
          return editor.commands.setNodeSelection($from.before())
        },
      }
    },

    ...more,
  })
}

/** Insert a figure after what is selected, or below the figure whose caption the cursor is in. Nothing is replaced. */
function insert(editor, type, value, caption = "") {
  const { $from, to } = editor.state.selection
  const isInCaption = $from.parent.type.spec.isolating && $from.parent.inlineContent
  const content = caption ? [{ type: "text", text: caption }] : []
  editor.chain().focus().insertContentAt(isInCaption ? $from.after() : to, { type, attrs: { value }, content }).run()
}

function picturePreview(id) {
  const shown = element("div", { className: "story-figure__picture" })
  pictureOf(id).then(
    (picture) => {
      if (!picture) {
        shown.append(element("p", { className: "editor-error", textContent: say("Picture %s is not in the library any more.", id) }))
        return
      }
      const { src, width, height } = picture
      const said = picture.decorative ? gettext("Decorative") : picture.alt || gettext("No alternative text")
      const line = [said, picture.credit].filter(Boolean).join(" · ")
      shown.append(
        element("img", { src, width, height, alt: picture.alt, draggable: false }),
        element("p", { className: "editor-quiet", dir: "auto", textContent: line }),
      )
    },
    (error) => shown.append(element("p", { className: "editor-error", textContent: error.message })),
  )
  return shown
}

function embedPreview(address) {
  return element(
    "div",
    { className: "story-figure__embed" },
    element("p", { dir: "ltr", textContent: address }),
    element("p", { className: "editor-quiet", textContent: gettext("Embed: readers load it with a click") }),
  )
}

/** The address written anew by the browser, or null for anything that is not https. */
function httpsAddress(value) {
  try {
    const url = new URL(value)
    return url.protocol === "https:" && !url.username && !url.password ? url.href : null
  } catch {
    return null
  }
}

export const MediaFigure = figure("mediaFigure", "data-media-id", picturePreview, {
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "picture",
      groups: "insert",
      button: buttons.material("image"),
      async command(editor) {
        const picture = await choosePicture()
        if (picture) insert(editor, "mediaFigure", String(picture.id), picture.caption)
      },
    })
  },
})

export const EmbedFigure = figure("embedFigure", "data-embed", embedPreview, {
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "embed",
      groups: "insert",
      button: buttons.material("smart_display"),
      async command(editor) {
        const address = await askAddress({
          title: gettext("Embed from another site"),
          label: gettext("Address of the page or video, with https://"),
          refusal: gettext("Write an address that begins with https://."),
          submit: gettext("Insert"),
          check: httpsAddress,
        })
        if (address) insert(editor, "embedFigure", address)
      },
    })
  },
})
