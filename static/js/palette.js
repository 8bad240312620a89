// The palette: Ctrl+K or `/` anywhere. It opens at once with what one can do here (whatever on the page carries `data-act`,
// and links inside `data-acts`); what was opened lately, pages and things to make come from `/search/palette`, hits from
// `/search/hits` while one types. Old hits stay until the newest question is answered, so nothing flickers, and an answer to
// an older question is never shown. Enter waits for the answer to what was typed.
import { say } from "./toast.js";

const PAUSE = 70;
const WRITES = "input, textarea, select";
let opening;

const fetchPart = async (url, signal) => {
  const answer = await fetch(url, { signal, headers: { "X-Swap": "palette" } });
  if (!answer.ok || answer.redirected) throw new TypeError("no part");
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
};

// What is offered before anything is known: kept while one stays on the page, but not what was opened lately.
const loadOpening = () => (opening ??= fetchPart("/search/palette").catch(() => (opening = undefined)));

export function openPalette(typed = "") {
  const source = document.getElementById("palette");
  if (!source || document.querySelector("dialog[open]")) return false;
  const dialog = source.content.firstElementChild.cloneNode(true);
  document.body.append(dialog);
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const state = dialog.querySelector("[role=status]");
  let hits = [];
  let hitsOf = "";
  let offers = actsHere();
  let asking;
  let clock;
  let chosen = null;
  let moved = false;
  let entered = null;

  const optionsOf = () => [...list.querySelectorAll("[role=option]")];
  const asked = () => input.value.trim();

  function mark(item) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = item ?? null;
    if (!chosen) return input.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  function show() {
    const words = asked().toLowerCase().split(/\s+/).filter(Boolean);
    const fitting = words.length ? offers.map((group) => narrowed(group, words)).filter(Boolean) : offers;
    const was = moved ? chosen?.dataset.same ?? chosen?.getAttribute("href") : null;
    list.replaceChildren(...(words.length ? hits : []), ...fitting);
    optionsOf().forEach((item, n) => {
      item.id = `palette-${n}`;
      item.setAttribute("aria-selected", "false");
    });
    chosen = null;
    const options = optionsOf();
    mark(options.find((item) => was && (item.dataset.same ?? item.getAttribute("href")) === was) ?? options[0]);
    const isWaiting = words.length > 0 && hitsOf !== asked();
    list.toggleAttribute("aria-busy", isWaiting);
    dialog.querySelector(".palette-none").hidden = options.length > 0 || isWaiting;
    const all = dialog.querySelector(".palette-all");
    all.href = `/search?q=${encodeURIComponent(asked())}`;
    if (!isWaiting) state.textContent = words.length ? `${options.length || "No"} results` : "";
  }

  async function ask() {
    asking?.abort();
    const q = asked();
    if (!q) {
      hits = [];
      hitsOf = "";
      return show();
    }
    asking = new AbortController();
    const { signal } = asking;
    try {
      const part = await fetchPart(`/search/hits?q=${encodeURIComponent(q)}`, signal);
      if (signal.aborted || !dialog.open) return;
      hits = [...part.children].map((group) => document.adoptNode(group));
    } catch {
      if (signal.aborted) return;
      hits = [];
    }
    hitsOf = q;
    show();
    if (entered && chosen) choose(chosen, entered);
    entered = null;
  }

  function choose(item, { ctrlKey, metaKey }) {
    if (!item) return;
    const href = item.getAttribute("href");
    if (href && (ctrlKey || metaKey)) return void window.open(href, "_blank", "noopener");
    dialog.close();
    if (href) location.assign(href);
    else item.act();
  }

  input.addEventListener("input", () => {
    moved = false;
    entered = null;
    clearTimeout(clock);
    clock = setTimeout(ask, asked() ? PAUSE : 0);
    show();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const options = optionsOf();
    const at = options.indexOf(chosen);
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && options.length) {
      event.preventDefault();
      moved = true;
      mark(options[(at + by + options.length) % options.length]);
    } else if (event.key === "Enter" && event.target === input) {
      event.preventDefault();
      if (asked() && hitsOf !== asked() && !moved) entered = { ctrlKey: event.ctrlKey, metaKey: event.metaKey };
      else choose(chosen, event);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog.close();
    }
  });
  list.addEventListener("pointermove", (event) => {
    const item = event.target.closest("[role=option]");
    if (item && item !== chosen) {
      moved = true;
      mark(item);
    }
  });
  dialog.addEventListener("click", (event) => {
    const item = event.target.closest("[role=option]");
    if (item && !item.hasAttribute("href")) choose(item, event);
    else if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    asking?.abort();
    clearTimeout(clock);
    dialog.remove();
  });
  input.value = typed;
  dialog.showModal();
  input.focus();
  show();
  if (typed) ask();
  loadOpening().then((part) => {
    if (!part || !dialog.open) return;
    const groups = [...part.children].map((group) => group.cloneNode(true));
    const here = new URL(location.href).pathname;
    for (const item of groups.flatMap((group) => [...group.querySelectorAll(".hit")])) if (item.pathname === here) item.remove();
    const lately = groups.filter((group) => "recent" in group.dataset && group.querySelector("[role=option]"));
    offers = [...lately, ...offers, ...groups.filter((group) => !("recent" in group.dataset))];
    show();
  });
}

// A group with only the options that have every word at the beginning of one of theirs.
function narrowed(group, words) {
  const copy = group.cloneNode(true);
  const from = [...group.querySelectorAll("[role=option]")];
  [...copy.querySelectorAll("[role=option]")].forEach((item, n) => {
    const own = `${item.textContent} ${item.dataset.also ?? ""}`.toLowerCase().split(/[\s@.,·#]+/);
    item.act = from[n].act;
    if (!words.every((word) => own.some((one) => one.startsWith(word)))) item.remove();
  });
  return copy.querySelector("[role=option]") ? copy : null;
}

// What one can do on this page.
function actsHere() {
  const elements = [...document.querySelectorAll("[data-act], [data-acts] a[href]")].filter((element) => !element.closest("dialog"));
  if (!elements.length) return [];
  const seen = new Set();
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  const title = Object.assign(document.createElement("p"), { className: "menu-title", id: "hits-here", textContent: document.querySelector("h1")?.firstChild?.textContent?.trim() || "This page" });
  group.setAttribute("aria-labelledby", title.id);
  group.append(title);
  for (const element of elements) {
    const label = element.dataset.act || element.getAttribute("aria-label") || element.textContent.trim();
    if (!label || seen.has(label)) continue;
    seen.add(label);
    group.append(option(label, element.querySelector("use")?.getAttribute("href").split("#")[1] ?? "edit", () => press(element)));
  }
  group.append(option("Copy link", "link", copyLink));
  return [group];
}

function option(label, icon, act) {
  const item = Object.assign(document.createElement("div"), { className: "menu-item", tabIndex: -1, act });
  item.setAttribute("role", "option");
  item.dataset.same = label;
  const drawing = document.querySelector(".icon use")?.closest("svg").cloneNode(true);
  if (drawing) {
    drawing.setAttribute("class", "icon");
    drawing.firstElementChild.setAttribute("href", drawing.firstElementChild.getAttribute("href").replace(/#.*/, `#${icon}`));
    item.append(drawing);
  }
  item.append(Object.assign(document.createElement("span"), { textContent: label }));
  return item;
}

function press(element) {
  element.closest("details:not([data-menu])")?.setAttribute("open", "");
  if (!element.matches(WRITES)) return element.click();
  element.scrollIntoView({ block: "center" });
  element.focus();
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("Link copied");
  } catch {
    say("The browser does not let pages copy here: the address is in its bar.", "failed");
  }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-palette]");
  if (!opener || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  if (openPalette() !== false) event.preventDefault();
});
document.addEventListener("pointerenter", (event) => event.target.matches?.("[data-palette]") && loadOpening(), true);
