// From the editor's document to the HTML that the server stores: what rode along as attributes becomes elements.

import { pm } from "django-prose-editor/editor"

export function htmlOf(doc) {
  // A document of its own, in which nothing loads and nothing runs.
  const page = document.implementation.createHTMLDocument("")
  const root = page.createElement("div")
  const serializer = pm.model.DOMSerializer.fromSchema(doc.type.schema)
  root.append(serializer.serializeFragment(doc.content, { document: page }))
  for (const paragraph of [...root.querySelectorAll("p[data-bare]")]) unwrap(paragraph, root)
  for (const table of root.querySelectorAll("table")) divide(table, page)
  while (root.lastElementChild?.matches("p:empty")) root.lastElementChild.remove()
  return root.innerHTML
}

/** Take away the paragraph round words that had none, unless two would run into one another. */
function unwrap(paragraph, root) {
  const isBesideWords = paragraph.previousElementSibling?.matches("p") || paragraph.nextElementSibling?.matches("p[data-bare]")
  paragraph.removeAttribute("data-bare")
  if (paragraph.parentElement === root || isBesideWords || paragraph.attributes.length) return
  paragraph.replaceWith(...paragraph.childNodes)
}

/** Head, body and foot of a table, and its caption. */
function divide(table, page) {
  let part = null
  for (const row of [...table.querySelectorAll(":scope > tbody > tr")]) {
    const name = ["thead", "tfoot"].includes(row.dataset.part) ? row.dataset.part : "tbody"
    row.removeAttribute("data-part")
    if (part?.localName !== name) {
      part = page.createElement(name)
      table.append(part)
    }
    part.append(row)
  }
  table.firstElementChild.remove()
  if (table.dataset.caption) {
    const caption = page.createElement("caption")
    caption.innerHTML = table.dataset.caption
    table.prepend(caption)
  }
  table.removeAttribute("data-caption")
}
