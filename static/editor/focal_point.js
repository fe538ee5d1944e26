// A click on the picture says what must stay visible. The two number inputs say the same, and stay.

function enhance(figure) {
  const across = document.getElementById(figure.dataset.across)
  const down = document.getElementById(figure.dataset.down)
  const picture = figure.querySelector("[data-picture]")
  const marker = figure.querySelector("[data-marker]")

  const show = () => {
    marker.style.setProperty("--across", across.value || 0.5)
    marker.style.setProperty("--down", down.value || 0.5)
  }
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect()
    across.value = ((event.clientX - box.x) / box.width).toFixed(3)
    down.value = ((event.clientY - box.y) / box.height).toFixed(3)
    show()
  })
  for (const input of [across, down]) input.addEventListener("input", show)
  figure.hidden = false
  show()
}

document.querySelectorAll("[data-focal-point]").forEach(enhance)
