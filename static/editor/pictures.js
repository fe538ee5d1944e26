// The picture library as the server answers about it. Errors are sentences for the person who waits.

import { gettext, urls } from "editor/strings"

const known = new Map()
let batch = null

async function ask(url, options) {
  let response
  try {
    response = await fetch(url, options)
  } catch {
    throw new Error(gettext("The network failed. Please try again."))
  }
  if (response.redirected) throw new Error(gettext("You are logged out. Log in in another tab, then try again."))
  const type = response.headers.get("Content-Type") ?? ""
  if (type.startsWith("application/json")) {
    const answer = await response.json()
    if (response.ok) return answer
    throw Object.assign(new Error(answer.error), { picture: answer.picture })
  }
  if (type.startsWith("text/plain")) throw new Error(await response.text())
  throw new Error(gettext("The server did not answer as expected. Please try again."))
}

/** The picture of a number, or null when the library has none. Numbers asked for together cost one request. */
export function pictureOf(id) {
  const key = String(id)
  if (!known.has(key)) {
    batch ??= startBatch()
    batch.ids.push(key)
    const answer = batch.answer.then((found) => found.get(key) ?? null)
    answer.catch(() => known.delete(key))
    known.set(key, answer)
  }
  return known.get(key)
}

function startBatch() {
  const ids = []
  const answer = Promise.resolve().then(async () => {
    batch = null
    const { pictures } = await ask(`${urls.by_number}?ids=${ids.join(",")}`)
    return new Map(pictures.map((picture) => [String(picture.id), picture]))
  })
  return { ids, answer }
}

export async function page(query, number) {
  const found = await ask(`${urls.chooser}?${new URLSearchParams({ q: query, page: number })}`)
  for (const picture of found.pictures) known.set(String(picture.id), Promise.resolve(picture))
  return found
}

/** Fails with a sentence, and with the `picture` that the library has already, unless it shall keep both. */
export async function upload(form, keepBoth = false) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value
  const body = new FormData(form)
  if (keepBoth) body.set("keep_both", "on")
  const options = { method: "POST", body, headers: { "X-CSRFToken": token } }
  const picture = await ask(urls.chooser_upload, options)
  known.set(String(picture.id), Promise.resolve(picture))
  return picture
}
