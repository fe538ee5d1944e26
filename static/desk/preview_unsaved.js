// Shows what is typed as a page, in a tab of its own. A copy of the form is sent, so that the form itself stays unsaved
// and goes on asking before it is left.

for (const button of document.querySelectorAll("[data-preview]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const copy = document.createElement("form");
    Object.assign(copy, { method: "post", action: button.dataset.preview, target: "_blank", hidden: true });
    copy.enctype = "multipart/form-data";
    for (const [name, value] of new FormData(button.form)) {
      if (typeof value !== "string") continue;
      const field = document.createElement("textarea");
      Object.assign(field, { name, value });
      copy.append(field);
    }
    document.body.append(copy);
    copy.submit();
    copy.remove();
  });
}
