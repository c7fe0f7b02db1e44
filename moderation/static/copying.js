// Owns the buttons that copy a text of the page. Without them it is selected by hand.

for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  const status = button.parentElement.querySelector("[role=status]");
  button.parentElement.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      status.textContent = "Copied.";
    } catch {
      // Not allowed, or no HTTPS: then it is at least selected.
      getSelection().selectAllChildren(text);
      status.textContent = "Selected: copy it with Ctrl+C.";
    }
  });
}
