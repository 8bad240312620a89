// Exchanges parts of a page instead of the whole.
//
//   <a href="/contacts?after=…" data-swap="#list" data-push>     a link; data-push moves the address along
//   <form action="…" data-swap="#facts #related">                a form; several parts at once
//   <form data-swap="#list" data-swap-now>                       a form that sends itself while one types or chooses
//
// The request says `X-Swap: list`; the answer may be the full page or only the part, what counts is the id. Toasts of the
// answer are taken over. A GET that fails becomes a normal visit; a POST that fails keeps what was typed and says so.
import { settle } from "./arrive.js";
import { adopt, carry, say } from "./toast.js";

const running = new Map();

// Fetches a page. Resolves to { page, url, status, isRedirected }; rejects when there is none to read.
export async function fetchPage(url, options = {}) {
  const headers = { Accept: "text/html", "X-Swap": options.ids ?? "" };
  const answer = await fetch(url, { method: options.method, body: options.body, signal: options.signal, headers });
  if (!answer.headers.get("Content-Type")?.startsWith("text/html")) throw new TypeError("not a page");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, url: answer.url, status: answer.status, isRedirected: answer.redirected };
}

// What a form sends, by which method, where to.
export function sendingOf(form, submitter) {
  const data = new FormData(form, submitter ?? undefined);
  const method = (submitter?.getAttribute("formmethod") ?? form.method ?? "get").toUpperCase();
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  if (form.enctype === "multipart/form-data") return { method, url, body: data };
  const fields = new URLSearchParams(data);
  if (method !== "GET") return { method, url, body: fields };
  for (const [name, value] of [...fields]) if (value === "") fields.delete(name, value);
  url.search = fields;
  return { method, url };
}

const named = (list) => list.replaceAll("#", "").trim().split(/\s+/);

// Puts the parts of `page` in the place of those on screen; `drafts` stay as typed. False if one of them is missing.
export function exchange(page, ids, { drafts = false } = {}) {
  const pairs = ids.map((id) => [document.getElementById(id), page.getElementById(id)]);
  if (pairs.some(([old, fresh]) => !old || !fresh)) return false;
  for (const [old, fresh] of pairs) {
    const restore = remember(old, drafts);
    const part = document.adoptNode(fresh);
    old.replaceWith(part);
    settle(part);
    restore(part);
  }
  return true;
}

// Focus, the caret, open folds, scrolled panes and what was opened in place (`data-kept`) survive an exchange.
function remember(old, drafts) {
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const handle = active && selectorOf(active);
  const caret = active && "selectionStart" in active ? [active.selectionStart, active.selectionEnd] : null;
  const open = [...old.querySelectorAll("details[open]:not([data-menu], [data-edit])")].map(foldName);
  const scrolled = [old, ...old.querySelectorAll("[id]")].filter((e) => e.id && (e.scrollTop || e.scrollLeft));
  const places = scrolled.map((e) => [e.id, e.scrollTop, e.scrollLeft]);
  const typed = [...old.querySelectorAll("textarea, input:not([type=hidden], [type=checkbox], [type=radio])")]
    .filter((field) => drafts && field.value !== field.defaultValue && selectorOf(field))
    .map((field) => [selectorOf(field), field.value]);
  const kept = [...old.querySelectorAll("[data-kept][id]")].filter((e) => !e.parentElement.closest("[data-kept]"));
  return (part) => {
    for (const one of kept) part.querySelector(`#${CSS.escape(one.id)}`)?.replaceWith(one);
    for (const [field, text] of typed) if (part.querySelector(field)) part.querySelector(field).value = text;
    for (const fold of part.querySelectorAll("details:not([open])")) if (open.includes(foldName(fold))) fold.open = true;
    for (const [id, top, left] of places) document.getElementById(id)?.scrollTo({ top, left, behavior: "instant" });
    if (!active) return;
    const again = (handle && part.querySelector(handle)) ?? part;
    if (again === part && !part.hasAttribute("tabindex")) part.tabIndex = -1;
    again.focus({ preventScroll: true });
    if (caret?.[0] != null && again !== part && "setSelectionRange" in again) {
      try { again.setSelectionRange(...caret); } catch { /* a number field has no caret to set */ }
    }
  };
}

const foldName = (fold) => fold.id || fold.querySelector("summary")?.textContent.trim();

function selectorOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.name) {
    const value = element.type === "checkbox" || element.type === "radio" ? `[value="${CSS.escape(element.value)}"]` : "";
    return `[name="${CSS.escape(element.name)}"]${value}`;
  }
  const href = element.getAttribute("href");
  return href ? `a[href="${CSS.escape(href)}"]` : null;
}

// Fetches `url` and exchanges the parts named in `list`. A newer request for the same parts ends the older one.
export async function swap(list, url, { method = "GET", body, push = false, quiet = false, busy } = {}) {
  const ids = named(list);
  const key = ids[0];
  running.get(key)?.abort();
  const control = new AbortController();
  running.set(key, control);
  for (const id of ids) if (!quiet) document.getElementById(id)?.setAttribute("aria-busy", "true");
  busy?.setAttribute("aria-busy", "true");
  try {
    const { page, url: landed, status } = await fetchPage(url, { method, body, ids: ids.join(" "), signal: control.signal });
    if (control.signal.aborted) return;
    if (!exchange(page, ids, { drafts: quiet })) return elsewhere(page, landed, method, status, quiet);
    adopt(page);
    if (push) visit(list, landed, page.title);
  } catch (error) {
    if (error.name === "AbortError" || quiet) return;
    if (method === "GET") location.assign(url);
    else say("Not saved: the server did not answer. What you typed is still here.", "failed");
  } finally {
    if (running.get(key) === control) running.delete(key);
    busy?.removeAttribute("aria-busy");
    for (const id of ids) document.getElementById(id)?.removeAttribute("aria-busy");
  }
}

// The answer was another page: go there, with its toasts; an error of a POST is told where one stands.
function elsewhere(page, url, method, status, quiet) {
  if (quiet) return;
  if (method !== "GET" && status >= 400 && status !== 401) {
    say(page.querySelector("h1")?.textContent.trim() || "That did not work.", "failed");
    return;
  }
  carry(page);
  location.assign(url);
}

function visit(list, url, title) {
  if (!history.state?.swap) history.replaceState({ swap: list }, "");
  if (url !== location.href) history.pushState({ swap: list }, "", url);
  if (title) document.title = title;
}

addEventListener("popstate", (event) => {
  if (event.state?.swap) swap(event.state.swap, location.href);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-swap]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  link.closest("details[data-menu]")?.removeAttribute("open");
  swap(link.dataset.swap, link.href, { push: "push" in link.dataset });
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-swap]") || event.submitter?.hasAttribute("data-whole")) return;
  event.preventDefault();
  const { method, url, body } = sendingOf(form, event.submitter);
  const isTwice = method !== "GET" && event.submitter?.getAttribute("aria-busy") === "true";
  if (isTwice) return;
  swap(form.dataset.swap, url.href, { method, body, push: "push" in form.dataset, busy: event.submitter });
});

let pause;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("form[data-swap-now]") || event.target.closest("[data-combobox]")) return;
  clearTimeout(pause);
  pause = setTimeout(() => form.isConnected && form.requestSubmit(), event.target.matches("select, [type=checkbox], [type=radio]") ? 0 : 180);
});
