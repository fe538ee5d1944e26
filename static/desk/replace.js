// Shows the chosen file beside the present one, and says before anything is sent when its shape differs.

const form = document.querySelector("[data-replace]")
const input = form.querySelector("input[type=file]")
const preview = form.querySelector("[data-preview]")
const picture = preview.querySelector("img")
const warning = form.querySelector("[data-warning]")
const SAME_SHAPE = 0.02

input.addEventListener("change", () => {
  URL.revokeObjectURL(picture.src)
  preview.hidden = warning.hidden = true
  if (input.files.length) picture.src = URL.createObjectURL(input.files[0])
})
picture.addEventListener("load", () => {
  const { naturalWidth, naturalHeight } = picture
  form.querySelector("[data-size]").textContent = `${naturalWidth}×${naturalHeight}`
  preview.hidden = false
  const before = form.dataset.width / form.dataset.height
  warning.hidden = Math.abs(naturalWidth / naturalHeight / before - 1) <= SAME_SHAPE
})
