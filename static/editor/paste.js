// What comes from Word's clipboard: its lists are paragraphs that only look like lists, and everything is styled.

import { Extension, Plugin } from "django-prose-editor/editor"

const IS_WORD = /class="?Mso|mso-|schemas-microsoft-com:office/i
const LIST = /mso-list:\s*l(\d+)\s+level(\d+)/i
// "1." "a)" "(iv)" "٣-": a number; everything else is a bullet.
const NUMBER = /^\(?([\p{Nd}]{1,4}|[a-z]{1,4})[.)-]/iu

export const WordPaste = Extension.create({
  name: "wordPaste",
  addProseMirrorPlugins: () => [
    new Plugin({ props: { transformPastedHTML: (html) => (IS_WORD.test(html) ? fromWord(html) : html) } }),
  ],
})

/** Word's HTML as plain HTML: real lists, names for bold and italic, nothing of its own styles. */
export function fromWord(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html")
  dropComments(body)
  for (const paragraph of [...body.querySelectorAll("p")]) {
    if (LIST.test(paragraph.getAttribute("style"))) continue
    if (!paragraph.textContent.trim() && !paragraph.querySelector("img")) paragraph.remove()
  }
  makeLists(body)
  body.querySelectorAll("style, script, meta, link, xml, img, object").forEach((one) => one.remove())
  for (const one of [...body.querySelectorAll("*")]) tidy(one)
  return body.innerHTML
}

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
    const found = LIST.exec(paragraph.getAttribute("style"))
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
  const span = [...paragraph.querySelectorAll("span")].find((one) => /mso-list:\s*Ignore/i.test(one.getAttribute("style")))
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
  const style = one.getAttribute("style") ?? ""
  let inner = one
  const wrap = (tag) => {
    const mark = one.ownerDocument.createElement(tag)
    mark.append(...inner.childNodes)
    inner.append(mark)
    inner = mark
  }
  if (one.localName === "span" && /font-weight:\s*(bold|[6-9]00)/i.test(style)) wrap("strong")
  if (one.localName === "span" && /font-style:\s*italic/i.test(style)) wrap("em")
  for (const name of one.getAttributeNames()) {
    if (!["href", "colspan", "rowspan", "start", "dir", "title"].includes(name)) one.removeAttribute(name)
  }
  if (one.dir) one.dir = one.dir.toLowerCase()
  const isWordsOwn = one.localName.includes(":") || ["span", "font", "u"].includes(one.localName)
  if (isWordsOwn || (one.localName === "a" && !one.hasAttribute("href"))) one.replaceWith(...one.childNodes)
}
