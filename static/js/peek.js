// A record beside its list: Space on a row, or the eye that comes up on it. What is shown are the parts of the record's own
// page, so whatever is edited there is edited here. The address keeps which one is open; `j` and `k` take it along.
import { settle } from "./arrive.js";
import { fetchPage } from "./swap.js";

const PARTS = ["head", "facts", "related", "timeline"];
const LIST = "[data-peeks]";
let shown, wanted;

const rowOf = (element) => element?.closest?.(`${LIST} [data-rows] > tr`);
const linkOf = (row) => row?.querySelector("th a[href]");
const isRoomy = () => matchMedia("(min-width: 60rem)").matches;

function remember(href) {
  const url = new URL(location.href);
  if (href) url.searchParams.set("peek", new URL(href, url).pathname.split("/").pop());
  else url.searchParams.delete("peek");
  history.replaceState(history.state, "", url);
}

function button(words, icon, what) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--icon button--quiet button--small";
  made.title = words;
  made.setAttribute("aria-label", words);
  made.append(drawn(icon));
  made.addEventListener("click", what);
  return made;
}

// An icon of the sheet that the page uses anyway.
function drawn(name) {
  const sheet = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sheet}#${name}`);
  svg.append(use);
  return svg;
}

export function close() {
  if (!shown) return false;
  const { panel, row } = shown;
  const had = panel.contains(document.activeElement);
  shown = undefined;
  wanted?.abort();
  panel.remove();
  row?.removeAttribute("aria-current");
  remember();
  if (had) linkOf(row)?.focus({ preventScroll: true });
}

function panelFor(href) {
  const panel = Object.assign(document.createElement("aside"), { className: "peek", tabIndex: -1 });
  panel.setAttribute("aria-label", "The record beside the list");
  const bar = Object.assign(document.createElement("div"), { className: "peek-bar" });
  const whole = Object.assign(document.createElement("a"), { className: "button button--quiet button--small", href, textContent: "Open" });
  whole.prepend(drawn("out"));
  bar.append(whole, button("Close (Esc)", "close", close));
  panel.append(bar);
  return panel;
}

async function show(row) {
  const link = linkOf(row);
  if (!link) return;
  wanted?.abort();
  const control = new AbortController();
  wanted = control;
  shown?.row?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  try {
    const { page } = await fetchPage(link.href, { ids: PARTS.join(" "), signal: control.signal });
    const parts = PARTS.map((id) => page.getElementById(id)).filter(Boolean);
    if (parts.length < 2) return location.assign(link.href);
    const panel = panelFor(link.href);
    const record = Object.assign(document.createElement("div"), { className: "record" });
    panel.append(document.adoptNode(parts[0]), record);
    record.append(...parts.slice(1).map((part) => document.adoptNode(part)));
    for (const live of panel.querySelectorAll("[data-live]")) live.removeAttribute("data-live");
    if (shown) shown.panel.replaceWith(panel);
    else document.getElementById("main").append(panel);
    shown = { panel, row };
    settle(panel);
    remember(link.href);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(link.href);
  }
}

function toggle(row) {
  if (shown?.row === row) close();
  else show(row);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && shown && !event.target.closest("details[data-edit][open], details[data-menu][open], [data-cell-form]")) {
    event.preventDefault();
    return close();
  }
  const row = rowOf(event.target);
  if (event.key !== " " || !row || !event.target.matches("a") || !isRoomy()) return;
  event.preventDefault();
  toggle(row);
});

// Walking through the rows takes an open peek along.
document.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (shown && row && row !== shown.row && event.target === linkOf(row)) show(row);
});

// One eye for all rows: it moves to the one under the pointer.
let eye;
document.addEventListener("pointerover", (event) => {
  const row = rowOf(event.target);
  if (!row || event.pointerType === "touch" || !isRoomy()) return;
  eye ??= Object.assign(button("Peek (Space)", "eye", () => toggle(rowOf(eye))), { tabIndex: -1 });
  eye.classList.add("peek-eye");
  const head = row.querySelector("th");
  if (head && eye.parentElement !== head) head.append(eye);
});

const asked = new URL(location.href).searchParams.get("peek");
if (asked && isRoomy()) {
  const link = document.querySelector(`${LIST} [data-rows] > tr th a[href$="/${CSS.escape(asked)}"]`);
  if (link) show(rowOf(link));
}
