// A part of a page that follows what happens: `<section id="story" data-live="/contacts/7/live">`. The address streams
// server-sent events (the element needs its id):
//   refresh   this page is fetched again and the parts in `data-live-target` ("#story #facts", the element itself without
//             it) are exchanged. `data-live-from` names another address to fetch.
//   rest      somebody's newer page took the place of this one's stream; it comes back after a while.
//   prepend   the data is HTML, put first into `data-live-into` (rows of the debugger); `data-live-most` rows are kept.
// Nothing is exchanged under somebody's hands: while a field in the part has the focus, a form is open or something is
// dragged (`data-live-wait`), it waits. A part that knows better than to be exchanged whole listens for `live:page`.
// The stream rests while the page is hidden and while a button `data-live-hold="#story"` is pressed.
import { arrive, settle } from "./arrive.js";
import { fetchPage, swap } from "./swap.js";

const FIRST = 1_000;
const LONGEST = 30_000;
const GATHER = 150;
const streams = new Map();

arrive("[data-live]", (element) => {
  const known = streams.get(element.id);
  if (known && element.id) return known.adopt(element);
  const stream = follow(element);
  if (element.id) streams.set(element.id, stream);
});

function follow(element) {
  let source, retry, gather;
  let wait = FIRST;
  let isHeld = false;
  let isBehind = false;

  const isWanted = () => !document.hidden && !isHeld;

  function connect() {
    close();
    if (!isWanted() || !element.isConnected) return;
    source = new EventSource(element.dataset.live);
    source.addEventListener("open", () => { wait = FIRST; state("live"); });
    source.addEventListener("refresh", refresh);
    source.addEventListener("message", (event) => event.data === "refresh" && refresh());
    source.addEventListener("prepend", (event) => prepend(event.data));
    source.addEventListener("rest", () => { wait = LONGEST; });
    source.addEventListener("error", () => {
      close();
      state("waiting");
      isBehind = true;
      retry = setTimeout(again, wait * (0.75 + Math.random() / 2));
      wait = Math.min(wait * 2, LONGEST);
    });
  }

  function again() {
    connect();
    if (isBehind) refresh();
    isBehind = false;
  }

  function close() {
    clearTimeout(retry);
    source?.close();
    source = undefined;
  }

  const state = (name) => { element.dataset.liveState = name; };

  // Many events within a blink are one exchange.
  function refresh() {
    if (!("liveTarget" in element.dataset) && !element.id) return;
    clearTimeout(gather);
    gather = setTimeout(() => {
      if (!element.isConnected) return close();
      const list = element.dataset.liveTarget || `#${element.id}`;
      if (isBusy(list)) return void (gather = setTimeout(refresh, 1_000));
      const from = element.dataset.liveFrom || location.href;
      if ("liveMerge" in element.dataset) merge(list, from);
      else swap(list, from, { quiet: true });
    }, GATHER);
  }

  // The page is handed to the part, which puts in what is new.
  async function merge(list, from) {
    try {
      const { page, status } = await fetchPage(from, { ids: list.replaceAll("#", "") });
      if (status >= 400) return;
      if (isBusy(list)) return refresh();
      element.dispatchEvent(new CustomEvent("live:page", { bubbles: true, detail: page }));
    } catch { /* the stream says when the server is back */ }
  }

  function prepend(html) {
    const into = document.querySelector(element.dataset.liveInto) ?? element;
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const rows = [...holder.content.children];
    into.prepend(...rows);
    rows.forEach(settle);
    const most = Number(element.dataset.liveMost) || 100;
    while (into.children.length > most) into.lastElementChild.remove();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { close(); isBehind = true; } else again();
  });
  addEventListener("pagehide", close);
  connect();
  return {
    adopt(next) { element = next; if (source?.readyState === EventSource.OPEN) state("live"); },
    hold(on) { isHeld = on; if (on) { close(); isBehind = true; state("held"); } else again(); },
  };
}

// Somebody is at work in one of these parts.
function isBusy(list) {
  return list.split(/\s+/).some((selector) => {
    const part = document.querySelector(selector);
    return part?.matches("[data-live-wait]") || part?.querySelector("details[data-edit][open], details[data-menu][open], input:focus, textarea:focus, select:focus, [data-pick]:checked, [aria-busy=true]");
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-live-hold]");
  if (!button) return;
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", on);
  streams.get(button.dataset.liveHold.replace("#", ""))?.hold(on);
});
