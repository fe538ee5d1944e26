// Frames shrink to fit the window, and a link is copied with one click. Without script: the frame scrolls sideways.

const stage = document.querySelector("[data-stage]");
if (stage) {
  const frame = stage.querySelector("iframe");
  const fit = () => {
    const width = Number(frame.dataset.width);
    const scale = Math.min(1, stage.clientWidth / width);
    const height = Math.max(480, window.innerHeight - 160);
    stage.style.blockSize = `${height}px`;
    frame.style.blockSize = `${height / scale}px`;
    frame.style.transform = scale < 1 ? `scale(${scale})` : "";
    stage.classList.toggle("is-fitted", scale < 1);
  };
  fit();
  addEventListener("resize", fit);
}

for (const select of document.querySelectorAll(".preview-revision select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.select();
      document.execCommand("copy"); // on plain http there is no clipboard
    }
    button.textContent = button.dataset.done;
  });
}
