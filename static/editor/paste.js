// What comes from other programs: styles become bold and italic or nothing, and Word's lists, which are paragraphs
// that only look like lists, become lists.

import { Extension, Plugin } from "django-prose-editor/editor"

const LIST = /mso-list:\s*l(\d+)\s+level(\d+)/i
// "1." "a)" "(iv)" "٣-": a number; everything else is a bullet.
const NUMBER = /^\(?([\p{Nd}]{1,4}|[a-z]{1,4})[.)-]/iu
const KEPT = ["href", "title", "colspan", "rowspan", "start", "dir", "data-media-id", "data-embed"]

export const PlainPaste = Extension.create({
  name: "plainPaste",
  addProseMirrorPlugins: () => [
    // What was copied from an editor like this one says so, and is left alone.
    new Plugin({ props: { transformPastedHTML: (html) => (html.includes("data-pm-slice") ? html : plain(html)) } }),
  ],
})

/** HTML of any program without its styles, with what they meant to a reader. */
function plain(html) {
  const { body } = new DOMParser().parseFromString(withoutStyles(html), "text/html")
  dropComments(body)
  body.querySelectorAll("style, script, meta, link, xml, img, object, iframe").forEach((one) => one.remove())
  for (const paragraph of [...body.querySelectorAll("p")]) {
    if (!paragraph.textContent.trim()) paragraph.remove()
  }
  makeLists(body)
  for (const one of [...body.querySelectorAll("*")]) tidy(one)
  return body.innerHTML
}

/** The content policy forbids inline styles even to documents that are only read, so they get another name first. */
function withoutStyles(html) {
  return html
    .replace(/<style[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="))
}

const styleOf = (one) => one.dataset.style ?? ""

function dropComments(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const comments = []
  while (walker.nextNode()) comments.push(walker.currentNode)
  comments.forEach((comment) => comment.remove())
}

function makeLists(body) {
  let open = []
  let last = null
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const found = LIST.exec(styleOf(paragraph))
    if (!found) continue
    const level = Number(found[2])
    if (paragraph.previousElementSibling !== last || last === null) open = []
    open = open.filter((list) => list.level <= level)
    const marker = takeMarker(paragraph)
    let list = open.at(-1)
    if (list?.level === level && list.id !== found[1] && level === 1) {
      open = []
      list = undefined
    }
    if (list?.level !== level) {
      list = { level, id: found[1], element: listFor(marker, body.ownerDocument) }
      if (open.length) open.at(-1).element.lastElementChild.append(list.element)
      else paragraph.before(list.element)
      open.push(list)
    }
    const item = body.ownerDocument.createElement("li")
    if (paragraph.dir) item.dir = paragraph.dir
    item.append(...paragraph.childNodes)
    list.element.append(item)
    paragraph.remove()
    last = open[0].element
  }
}

/** Word writes the bullet or number into the text, in a span of its own. */
function takeMarker(paragraph) {
  const span = [...paragraph.querySelectorAll("span")].find((one) => /mso-list:\s*Ignore/i.test(styleOf(one)))
  const marker = span?.textContent.trim() ?? ""
  span?.remove()
  return marker
}

function listFor(marker, page) {
  const number = NUMBER.exec(marker)
  const list = page.createElement(number ? "ol" : "ul")
  const start = Number(number?.[1])
  if (start > 1) list.setAttribute("start", start)
  return list
}

function tidy(one) {
  const style = styleOf(one)
  const isLight = /(?<![\w-])font-weight:\s*(normal|[1-4]00)/i.test(style)
  let inner = one
  const wrap = (tag) => {
    const mark = one.ownerDocument.createElement(tag)
    mark.append(...inner.childNodes)
    inner.append(mark)
    inner = mark
  }
  if (one.localName === "span" && /(?<![\w-])font-weight:\s*(bold|[6-9]00)/i.test(style)) wrap("strong")
  if (one.localName === "span" && /(?<![\w-])font-style:\s*italic/i.test(style)) wrap("em")
  for (const name of one.getAttributeNames()) {
    if (!KEPT.includes(name)) one.removeAttribute(name)
  }
  if (one.dir) one.dir = one.dir.toLowerCase()
  const isBoldInName = ["b", "strong"].includes(one.localName) && isLight
  const meansNothing = one.localName.includes(":") || ["span", "font", "u"].includes(one.localName)
  const leadsNowhere = one.localName === "a" && !one.hasAttribute("href")
  if (isBoldInName || meansNothing || leadsNowhere) one.replaceWith(...one.childNodes)
}
