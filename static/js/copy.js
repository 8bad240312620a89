// `data-copy="#id"` takes the value or the text of that element along.
const SHOWN = 1600;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const source = button && document.querySelector(button.dataset.copy);
  if (!source) return;
  const text = "value" in source ? source.value : source.textContent;
  if (!(await put(text.trim(), source))) return;
  const drawing = button.querySelector("use");
  const [before, label] = [drawing?.getAttribute("href"), button.getAttribute("aria-label")];
  if (button.dataset.copied) return;
  button.dataset.copied = "true";
  drawing?.setAttribute("href", before.replace(/#.*/, "#check"));
  button.setAttribute("aria-label", "Copied");
  setTimeout(() => {
    delete button.dataset.copied;
    drawing?.setAttribute("href", before);
    button.setAttribute("aria-label", label);
  }, SHOWN);
});

// Without TLS there is no clipboard; then the text is at least selected, for Ctrl+C.
async function put(text, source) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (source.select) source.select();
    else getSelection().selectAllChildren(source);
    return document.execCommand("copy");
  }
}
