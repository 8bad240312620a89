// A cell of a list edited where it stands. The heading of a column says which form of the record it is
// (`data-cell="fields/city"`); that form is fetched from the record's own page and answers as it does there. Enter saves,
// Esc leaves it, Tab saves and goes on. A double click, the pencil that comes up, or `e` on a row opens one.
import { settle } from "./arrive.js";
import { fetchPage, sendingOf } from "./swap.js";
import { adopt, say } from "./toast.js";

const ROW = "[data-rows] > tr";
const TOUCHED = "input:not([type=hidden]), select, textarea";
let open;

const linkOf = (row) => row?.querySelector("th a[href]");
const headOf = (cell) => cell.closest("table").tHead?.rows[0]?.cells[cell.cellIndex];
const formOf = (cell) => headOf(cell)?.dataset.cell;
const isRoomy = () => matchMedia("(min-width: 43.75rem)").matches;

function cellOf(element) {
  const cell = element.closest?.("td");
  return cell?.closest(ROW) && linkOf(cell.parentElement) && formOf(cell) ? cell : null;
}

// The form of the record's page that belongs to the column: by its address, or by the key it carries.
function pickForm(page, cell) {
  const [kind, key] = formOf(cell).split(":");
  const path = `${new URL(linkOf(cell.parentElement).href).pathname}/${kind}`;
  return [...page.querySelectorAll("form.fact-form")].find((form) =>
    form.getAttribute("action") === path && (!key || form.querySelector("input[name=key]")?.value === key));
}

function put(cell, form) {
  const own = document.adoptNode(form);
  own.removeAttribute("data-swap");
  own.dataset.cellForm = "";
  own.classList.add("cell-form");
  for (const element of own.querySelectorAll("[id]")) element.removeAttribute("id");
  cell.replaceChildren(own);
  cell.classList.add("cell--open");
  settle(own);
  const field = own.querySelector(TOUCHED);
  field?.setAttribute("aria-label", headOf(cell).textContent.trim());
  field?.focus();
  if (field?.matches("input:not([type=checkbox], [type=radio])")) field.select();
  return own;
}

async function edit(cell) {
  if (open?.cell === cell) return;
  shut();
  const before = [...cell.childNodes].filter((node) => node !== pencil);
  open = { cell, before };
  cell.setAttribute("aria-busy", "true");
  try {
    const { page } = await fetchPage(linkOf(cell.parentElement).href, { ids: "facts" });
    const form = pickForm(page, cell);
    if (open?.cell !== cell) return;
    if (!form) {
      open = undefined;
      say("This cannot be changed here.", "failed");
      return;
    }
    open.form = put(cell, form);
    open.was = stateOf(open.form);
  } catch {
    open = undefined;
    say("The server did not answer.", "failed");
  } finally {
    cell.removeAttribute("aria-busy");
  }
}

const stateOf = (form) => new URLSearchParams(new FormData(form)).toString();

// Back to what stood there.
function shut(focus) {
  if (!open) return;
  const { cell, before } = open;
  open = undefined;
  cell.replaceChildren(...before);
  cell.classList.remove("cell--open");
  if (focus) linkOf(cell.parentElement)?.focus();
}

async function save(next) {
  const { cell, form, was } = open ?? {};
  if (!form || form.dataset.busy) return;
  if (stateOf(form) === was) {
    shut(!next);
    if (next) edit(next);
    return;
  }
  form.dataset.busy = "true";
  try {
    const { method, url, body } = sendingOf(form);
    const answer = await fetchPage(url, { method, body, ids: "facts" });
    const failed = pickForm(answer.page, cell);
    if (failed?.querySelector(".field-error, [aria-invalid=true]")) {
      if (open?.cell === cell) open.form = put(cell, failed);
      return;
    }
    if (answer.status >= 400) return say(answer.page.querySelector("h1")?.textContent.trim() || "Not saved.", "failed");
    adopt(answer.page);
    const row = await refresh(cell.parentElement);
    if (next) edit(next.isConnected ? next : row?.cells[next.cellIndex] ?? next);
    else linkOf(row)?.focus();
  } catch {
    say("Not saved: the server did not answer. What you typed is still here.", "failed");
  } finally {
    delete form.dataset.busy;
  }
}

// The row as the list shows it now. One that no longer fits the list stays until the list is asked for anew.
async function refresh(row) {
  const href = linkOf(row).getAttribute("href");
  const picked = row.querySelector("[data-pick]")?.checked;
  const { page } = await fetchPage(location.href);
  const fresh = page.querySelector(`${ROW} th a[href="${CSS.escape(href)}"]`)?.closest("tr");
  open = undefined;
  if (!fresh) {
    row.classList.add("row--gone");
    return row;
  }
  const own = document.adoptNode(fresh);
  if (picked) own.querySelector("[data-pick]").checked = true;
  if (row.getAttribute("aria-current")) own.setAttribute("aria-current", "true");
  row.replaceWith(own);
  settle(own);
  return own;
}

// The editable cell after this one, or before it; at the end of a row the next row's first.
function neighbour(cell, back) {
  const cells = [...cell.closest("table").querySelectorAll(`${ROW} > td`)].filter((each) => cellOf(each) && each.checkVisibility());
  return cells[cells.indexOf(cell) + (back ? -1 : 1)];
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-cell-form]")) return;
  event.preventDefault();
  event.stopPropagation();
  save();
}, true);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (form) {
    if (event.key === "Escape") {
      event.preventDefault();
      shut(true);
    } else if (event.key === "Tab" && !event.target.matches("button")) {
      const next = neighbour(open.cell, event.shiftKey);
      if (!next) return;
      event.preventDefault();
      save(next);
    } else if (event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      save();
    }
    return;
  }
  const row = event.target.closest?.(ROW);
  if (event.key !== "e" || !row || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches("a")) return;
  const first = [...row.cells].find((cell) => cellOf(cell) && cell.checkVisibility());
  if (!first) return;
  event.preventDefault();
  edit(first);
});

document.addEventListener("dblclick", (event) => {
  const cell = cellOf(event.target);
  if (cell && isRoomy() && !event.target.closest("a, button, input, select, textarea")) edit(cell);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-edit-cancel]")?.closest("[data-cell-form]")) return;
  event.stopPropagation();
  shut(true);
}, true);

// One pencil for all cells: it moves to the one under the pointer.
let pencil;
document.addEventListener("pointerover", (event) => {
  const cell = cellOf(event.target);
  if (!cell || event.pointerType === "touch" || !isRoomy() || cell === open?.cell) return;
  if (!pencil) {
    pencil = document.createElement("button");
    pencil.type = "button";
    pencil.className = "cell-pencil";
    pencil.tabIndex = -1;
    pencil.addEventListener("click", () => edit(pencil.closest("td")));
    const sheet = document.querySelector("svg.icon use").getAttribute("href").split("#")[0];
    pencil.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sheet}#edit"></use></svg>`;
  }
  pencil.setAttribute("aria-label", `Edit ${headOf(cell).textContent.trim()}`);
  pencil.title = `Edit ${headOf(cell).textContent.trim()}`;
  if (pencil.parentElement !== cell) cell.append(pencil);
});
