// The keyboard: `/` and Ctrl+K search, `c` create, `g` and a letter go, `j` `k` walk through rows, `x` picks, `?` tells.
// Anything with `data-key="e"` is what that key presses on its page; `data-go="c"` is where `g` `c` leads.
// Never inside a text field, never with a dialog open.
import { open } from "./dialog.js";
import { openMenu } from "./menu.js";
import { openPalette } from "./palette.js";

const WRITES = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
const shown = (selector) => [...document.querySelectorAll(selector)].find((element) => element.checkVisibility());
let went = 0;

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") return act(event, search);
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(WRITES)) return;
  if (document.querySelector("dialog[open]")) return;
  const isGoing = Date.now() - went < 1500;
  went = 0;
  if (isGoing) {
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) return act(event, () => location.assign(place.href));
  }
  const own = shown(`[data-key="${CSS.escape(event.key)}"]`);
  if (own) return act(event, () => press(own));
  const act_of = { "/": search, "?": sheet, c: create, g: () => { went = Date.now(); }, j: () => step(1), k: () => step(-1), x: pick }[event.key];
  if (act_of) act(event, act_of);
});

function act(event, what) {
  if (what() !== false) event.preventDefault();
}

function press(element) {
  if (element.matches(WRITES)) element.focus();
  else element.click();
}

function search() {
  return openPalette();
}

function create() {
  const menu = document.getElementById("create-menu");
  return menu ? openMenu(menu) : false;
}

const rowsOf = () => [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.checkVisibility());
const linkOf = (row) => row?.querySelector("th a, a");

function step(by) {
  const rows = rowsOf();
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const to = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  linkOf(rows[to])?.focus();
}

function pick() {
  const box = rowsOf().find((row) => row.contains(document.activeElement))?.querySelector("[data-pick]");
  if (!box) return false;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

const words = (element) => (element.getAttribute("aria-label") ?? element.title ?? "").replace(/ \(.\)$/, "") || element.textContent.trim();

function sheet() {
  const lines = [["/", "Search"], ["Ctrl K", "Search, from anywhere"], ["c", "Create"]];
  if (rowsOf().length) lines.push(["j", "Next row"], ["k", "Row before"], ["x", "Pick the row"], ["Enter", "Open the row"]);
  for (const element of document.querySelectorAll("[data-key]")) if (element.checkVisibility()) lines.push([element.dataset.key, words(element)]);
  for (const place of document.querySelectorAll(".sidebar [data-go]")) lines.push([`g ${place.dataset.go}`, `Go to ${place.querySelector(".label").textContent}`]);
  lines.push(["?", "These keys"]);
  const card = document.createElement("section");
  const head = Object.assign(document.createElement("div"), { className: "dialog-head" });
  head.append(Object.assign(document.createElement("h2"), { textContent: "Keyboard" }));
  const list = Object.assign(document.createElement("dl"), { className: "dialog-body keys" });
  for (const [key, text] of lines) {
    const line = document.createElement("div");
    const name = document.createElement("dt");
    name.append(...key.split(" ").flatMap((part, i) => {
      const cap = Object.assign(document.createElement("kbd"), { textContent: part });
      return i ? [" ", cap] : [cap];
    }));
    line.append(Object.assign(document.createElement("dd"), { textContent: text }), name);
    line.prepend(name);
    list.append(line);
  }
  const close = Object.assign(document.createElement("button"), { className: "button button--quiet button--small", type: "button", textContent: "Close" });
  close.dataset.dialogClose = "";
  head.append(close);
  card.append(head, list);
  open(card);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-keys-sheet]")) return;
  event.target.closest("details[data-menu]")?.removeAttribute("open");
  sheet();
});
