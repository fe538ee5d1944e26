// A point on the picture says what must stay visible: by click, by touch, by dragging, or with the arrow keys. The crops
// beside it follow, cut as the server will cut them. The two number inputs say the same, and stay.

import { gettext, say } from "editor/strings"

const STEP = 0.01
const LARGE_STEP = 0.1
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

const within = (share) => Math.min(1, Math.max(0, share))

/** Where CSS has to put a picture so that its point stands in the middle of a crop, or as near as its edge lets it. */
function position(share, whole, cut) {
  return whole > cut ? within((share * whole - cut / 2) / (whole - cut)) : 0.5
}

function enhance(box) {
  const across = document.getElementById(box.dataset.across)
  const down = document.getElementById(box.dataset.down)
  const picture = box.querySelector("[data-picture]")
  const whole = picture.querySelector("img")
  const marker = box.querySelector("[data-marker]")
  const said = box.querySelector("[data-said]")
  const value = (input) => within(input.value === "" ? 0.5 : Number(input.value) || 0)

  const show = () => {
    const [x, y] = [value(across), value(down)]
    marker.style.setProperty("--across", x)
    marker.style.setProperty("--down", y)
    const { naturalWidth, naturalHeight } = whole
    for (const crop of box.querySelectorAll("[data-crop]")) {
      const ratio = crop.clientWidth / crop.clientHeight || 1
      const left = position(x, naturalWidth, Math.min(naturalWidth, naturalHeight * ratio))
      const top = position(y, naturalHeight, Math.min(naturalHeight, naturalWidth / ratio))
      crop.style.objectPosition = `${left * 100}% ${top * 100}%`
    }
  }
  const set = (x, y) => {
    across.value = within(x).toFixed(3)
    down.value = within(y).toFixed(3)
    for (const input of [across, down]) input.dispatchEvent(new Event("input", { bubbles: true }))
    const [left, top] = [across, down].map((input) => `${Math.round(input.value * 100)} %`)
    said.textContent = `${say("From the left: %s", left)} · ${say("From the top: %s", top)}`
  }
  const point = (event) => {
    const frame = picture.getBoundingClientRect()
    set((event.clientX - frame.x) / frame.width, (event.clientY - frame.y) / frame.height)
  }
  picture.addEventListener("click", (event) => {
    // Enter on the marker is a click too, from no place.
    if (event.detail) point(event)
  })
  marker.addEventListener("pointerdown", (event) => marker.setPointerCapture(event.pointerId))
  marker.addEventListener("pointermove", (event) => {
    if (marker.hasPointerCapture(event.pointerId)) point(event)
  })
  marker.addEventListener("keydown", (event) => {
    const way = ARROWS[event.key]
    if (!way) return
    event.preventDefault()
    const step = event.shiftKey ? LARGE_STEP : STEP
    set(value(across) + way[0] * step, value(down) + way[1] * step)
  })
  for (const input of [across, down]) input.addEventListener("input", show)
  whole.addEventListener("load", show)
  new ResizeObserver(show).observe(box)
  marker.setAttribute("aria-label", gettext("What must stay visible: arrow keys move it, with Shift in large steps"))
  box.hidden = false
  show()
}

document.querySelectorAll("[data-focal-point]").forEach(enhance)
