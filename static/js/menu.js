// Menus are details elements. Script closes them at the right moment and lets the arrow keys walk through them.
const MENU = "details[data-menu]";
const ITEMS = "a[href], button:not(:disabled), input:not([type=hidden])";

export function openMenu(menu) {
  menu.open = true;
  itemsOf(menu)[0]?.focus();
}

const itemsOf = (menu) => [...menu.querySelectorAll(ITEMS)].filter((item) => item.checkVisibility());

function shut(menu, back) {
  menu.open = false;
  if (back) menu.querySelector("summary").focus();
}

document.addEventListener("pointerdown", (event) => {
  for (const menu of document.querySelectorAll(`${MENU}[open]`)) if (!menu.contains(event.target)) shut(menu);
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.(`${MENU}[open]`)) return;
  for (const menu of document.querySelectorAll(`${MENU}[open]`)) if (!menu.contains(event.target)) shut(menu);
  const field = event.target.querySelector("input:not([type=hidden])");
  if (field && event.target.contains(document.activeElement)) field.focus();
}, true);

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.(`${MENU}[open]`);
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) shut(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(MENU);
  if (!menu || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && menu.open) {
    event.preventDefault();
    return shut(menu, true);
  }
  const isField = event.target.matches("input, textarea, select");
  if (event.key === "ArrowDown" && !menu.open) {
    event.preventDefault();
    return openMenu(menu);
  }
  if (!menu.open) return;
  const items = itemsOf(menu);
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: isField ? undefined : 0, End: isField ? undefined : items.length - 1 }[event.key];
  if (to !== undefined && items.length) {
    event.preventDefault();
    items[(to + items.length) % items.length].focus();
  } else if (event.key.length === 1 && event.key !== " " && !isField) {
    const ring = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    const hit = ring.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    if (hit) hit.focus();
    event.preventDefault();
    event.stopPropagation();
  }
});
