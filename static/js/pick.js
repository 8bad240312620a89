// Picking rows: all of a page, a range with Shift, and how many. Boxes are `data-pick`, the one above them `data-pick-all`.
const listOf = (box) => box.closest("form, [data-listing]") ?? document;
let last;

function count(list) {
  const boxes = [...list.querySelectorAll("[data-pick]")];
  const picked = boxes.filter((box) => box.checked).length;
  for (const output of list.querySelectorAll("[data-pick-count]")) output.textContent = picked || "";
  for (const all of list.querySelectorAll("[data-pick-all]")) {
    all.checked = picked > 0 && picked === boxes.length;
    all.indeterminate = picked > 0 && picked < boxes.length;
  }
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-pick], [data-pick-all]")) return;
  const list = listOf(box);
  if (box.matches("[data-pick-all]")) for (const each of list.querySelectorAll("[data-pick]")) each.checked = box.checked;
  count(list);
});

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.("[data-pick]")) return;
  const boxes = [...listOf(box).querySelectorAll("[data-pick]")];
  const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (event.shiftKey && from >= 0) for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
  last = box;
});

// After Back the browser may have kept what was picked.
addEventListener("pageshow", () => {
  for (const list of new Set([...document.querySelectorAll("[data-pick]:checked")].map(listOf))) count(list);
});
