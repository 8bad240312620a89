// A value that is edited where it stands: `details[data-edit]` with the value as summary and its form inside.
const EDIT = "details[data-edit]";
const CONTROL = "input:not([type=hidden]), select, textarea";

function shut(edit, back) {
  edit.querySelector("form")?.reset();
  edit.open = false;
  if (back) edit.querySelector("summary").focus();
}

const isChanged = (form) => [...form.elements].some((field) => {
  if (field.type === "hidden" || field.tagName === "BUTTON") return false;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected) && field.selectedIndex > 0;
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(`${EDIT}[open]`)) return;
  for (const other of document.querySelectorAll(`${EDIT}[open]`)) if (other !== event.target) shut(other);
  const field = event.target.querySelector(CONTROL);
  field?.focus();
  if (field?.matches("input:not([type=checkbox], [type=radio]), textarea")) field.select();
}, true);

document.addEventListener("keydown", (event) => {
  const edit = event.target.closest?.(`${EDIT}[open]`);
  if (edit && event.key === "Escape") {
    event.preventDefault();
    shut(edit, true);
  }
});

document.addEventListener("click", (event) => {
  const edit = event.target.closest?.("[data-edit-cancel]")?.closest(EDIT);
  if (edit) shut(edit, true);
});

// Whoever looked and went on without a change leaves the value as it was.
document.addEventListener("focusout", (event) => {
  const edit = event.target.closest?.(`${EDIT}[open]`);
  if (edit && event.relatedTarget && !edit.contains(event.relatedTarget) && !isChanged(edit.querySelector("form"))) shut(edit);
});
