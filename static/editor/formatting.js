// What a story may hold, as extensions of Tiptap: the library's, bent until whatever the server keeps comes
// through the editor unchanged.

import {
  Blockquote,
  Bold,
  BulletList,
  Code,
  CodeBlock,
  Document,
  Dropcursor,
  Extension,
  Fullscreen,
  Gapcursor,
  HardBreak,
  Heading,
  History,
  HorizontalRule,
  Italic,
  Link,
  ListItem,
  Mark,
  OrderedList,
  Paragraph,
  SpecialCharacters,
  Strike,
  Subscript,
  Superscript,
  Table,
  TableCell,
  TableHeader,
  TableRow,
  Text,
  TrailingNode,
} from "django-prose-editor/editor"

import { askAddress } from "editor/dialogs"
import { gettext } from "editor/strings"

// In `<li>text</li>` the schema needs a paragraph that was not there; it is written as it was read. New ones too.
const StoryParagraph = Paragraph.extend({
  addAttributes() {
    return {
      isBare: {
        default: true,
        keepOnSplit: false,
        parseHTML: (dom) => dom.hasAttribute("data-bare"),
        renderHTML: ({ isBare }) => (isBare ? { "data-bare": "" } : {}),
      },
    }
  },
})

const StoryHeading = Heading.extend({
  parseHTML() {
    const levels = { h1: 2, h2: 2, h3: 3, h4: 4, h5: 4, h6: 4 }
    return Object.entries(levels).map(([tag, level]) => ({ tag, attrs: { level } }))
  },
}).configure({ levels: [2, 3, 4] })

// Numbers count from somewhere; what they look like is the reader's style sheet's.
const StoryOrderedList = OrderedList.extend({
  addAttributes() {
    return { start: this.parent().start }
  },
  addNodeView: () => null,
}).configure({ enableListAttributes: false })

const StoryCode = Code.extend({ excludes: "" })

const StoryCodeBlock = CodeBlock.extend({
  addAttributes() {
    return { isPlain: { default: false, parseHTML: (dom) => !dom.querySelector("code"), rendered: false } }
  },
  renderHTML({ node, HTMLAttributes }) {
    return ["pre", HTMLAttributes, node.attrs.isPlain ? 0 : ["code", 0]]
  },
})

const Cite = Mark.create({
  name: "cite",
  parseHTML: () => [{ tag: "cite" }, { tag: "q" }],
  renderHTML: ({ HTMLAttributes }) => ["cite", HTMLAttributes, 0],
})

// Caption and parts of a table ride along as attributes; `serializing.js` makes elements of them again.
const StoryTable = Table.extend({
  addAttributes() {
    return {
      caption: {
        default: null,
        parseHTML: (dom) => dom.querySelector(":scope > caption")?.innerHTML ?? null,
        renderHTML: ({ caption }) => (caption ? { "data-caption": caption } : {}),
      },
    }
  },
  parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
  addCommands() {
    return {
      ...this.parent(),
      insertTableWithOptions:
        () =>
        ({ commands }) =>
          commands.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
    }
  },
})

const StoryTableRow = TableRow.extend({
  addAttributes() {
    return {
      part: {
        default: "tbody",
        keepOnSplit: false,
        parseHTML: (dom) => dom.dataset.part ?? dom.parentElement?.localName ?? "tbody",
        renderHTML: ({ part }) => (part === "tbody" ? {} : { "data-part": part }),
      },
    }
  },
})

const cell = (library, ...own) =>
  library.extend({
    addAttributes() {
      const { colspan, rowspan } = this.parent()
      const colwidth = { default: null, rendered: false, parseHTML: () => null }
      return { colspan, rowspan, colwidth, ...Object.fromEntries(own.map((name) => [name, { default: null }])) }
    },
  })

const FOLLOWED = /^(https?:\/\/|mailto:|tel:|#|\/(?![/\\]))/i

/** An address that a story may link to, completed where a person left out the beginning; or null. */
function linkAddress(value) {
  if (FOLLOWED.test(value)) return value
  if (/^[^\s/:@]+@[^\s/:@]+\.[^\s/:@]+$/.test(value)) return `mailto:${value}`
  if (/^[^\s/:@]+\.[^\s/:@.]{2,}([:/?#]\S*)?$/.test(value)) return `https://${value}`
  return null
}

const StoryLink = Link.extend({
  addCommands() {
    return {
      ...this.parent(),
      addLink:
        () =>
        ({ editor }) => {
          if (editor.state.selection.empty && !editor.isActive("link")) return false
          askAddress({
            title: gettext("Link"),
            label: gettext("Address of a page, an e-mail address, or a path that begins with /"),
            refusal: gettext("This is no address that a story can link to."),
            submit: gettext("Set link"),
            value: editor.getAttributes("link").href ?? "",
            check: linkAddress,
          }).then((href) => {
            if (!href) return
            // What is typed next goes on behind the link and does not replace it.
            editor.chain().focus().extendMarkRange("link").setLink({ href }).run()
            editor.commands.setTextSelection(editor.state.selection.to)
          })
          return true
        },
    }
  },
  addKeyboardShortcuts() {
    return { "Mod-k": ({ editor }) => editor.commands.addLink() }
  },
}).configure({
  enableTarget: false,
  defaultProtocol: "https",
  isAllowedUri: (address) => FOLLOWED.test(address),
})

const LANGUAGE = { lang: { default: null } }
const BLOCKS = ["paragraph", "heading", "bulletList", "orderedList", "listItem", "blockquote", "codeBlock"]
const TABLES = ["table", "tableRow", "tableCell", "tableHeader"]
const FIGURES = ["mediaFigure", "embedFigure"]
const MARKS = ["bold", "italic", "strike", "subscript", "superscript", "code", "link", "cite"]

const LanguageAndDirection = Extension.create({
  name: "languageAndDirection",
  addGlobalAttributes: () => [
    { types: [...BLOCKS, ...TABLES, ...FIGURES], attributes: { dir: { default: null }, ...LANGUAGE } },
    { types: MARKS, attributes: LANGUAGE },
  ],
})

export const FORMATTING = [
  Document,
  Text,
  StoryParagraph,
  StoryHeading,
  HardBreak,
  BulletList,
  StoryOrderedList,
  ListItem,
  Blockquote,
  StoryCodeBlock,
  HorizontalRule,
  Bold,
  Italic,
  Strike,
  Subscript,
  Superscript,
  StoryCode,
  Cite,
  StoryLink,
  StoryTable,
  StoryTableRow,
  cell(TableHeader, "scope"),
  cell(TableCell),
  LanguageAndDirection,
  Dropcursor,
  Gapcursor,
  TrailingNode,
  History,
  Fullscreen,
  SpecialCharacters,
]
