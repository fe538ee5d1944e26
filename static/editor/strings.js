// What the server says, in the language of the page. Imported before the library, which asks window.gettext
// for its words while it loads.

const settings = JSON.parse(document.getElementById("editor-settings").textContent)
const djangos = window.gettext

export const gettext = (sentence) => settings.words[sentence] ?? djangos?.(sentence) ?? sentence
window.gettext = gettext

/** A sentence with the one value it has a place for. */
export const say = (sentence, value) => gettext(sentence).replace("%s", () => value)

export const { buttons, urls } = settings

/** An element with its properties (or, with a dash or "role", attributes) and children; null children are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") made.setAttribute(name, value)
    else made[name] = value
  }
  made.append(...children.filter((child) => child !== null))
  return made
}
