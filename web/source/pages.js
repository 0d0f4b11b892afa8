// What JavaScript adds to the public pages: a button that copies a citation. Without it the text is selected by hand.
for (const field of document.querySelectorAll("[data-copy]")) {
  const { copy, copied, failed } = field.dataset;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = copy;
  const said = document.createElement("span");
  said.className = "copied";
  said.setAttribute("role", "status");
  field.after(button, said);
  button.addEventListener("click", async () => {
    said.textContent = ""; // so that the same words are spoken a second time
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = copied;
    } catch {
      // Without TLS, or where the browser forbids it, there is no clipboard.
      field.focus();
      field.select();
      said.textContent = failed;
    }
  });
}
