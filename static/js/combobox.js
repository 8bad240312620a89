// A text field with a datalist becomes a combobox of our own look: filters while one types, arrow keys choose, any other
// text stays allowed. `data-combobox="/companies/names"` also asks the server, which answers with <option> lines.
import { arrive } from "./arrive.js";

const MOST = 8;

arrive("[data-combobox]", (field) => {
  const input = field.querySelector("input[list]");
  const source = input?.list;
  if (!source) return;
  input.removeAttribute("list");
  const list = Object.assign(document.createElement("span"), { className: "menu-list", id: `${input.id}-choices`, role: "listbox", hidden: true });
  list.setAttribute("aria-label", "Suggestions");
  input.parentElement.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) input.setAttribute(name, value);
  let at = -1;
  let asked;

  const isOpen = () => !list.hidden;
  function shut() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function move(to) {
    const items = [...list.children];
    if (!items.length) return;
    at = (to + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", i === at));
    items[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", items[at].id);
  }

  function choose(item) {
    input.value = item.dataset.value;
    shut();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(options) {
    const typed = input.value.trim().toLowerCase();
    const hits = options.filter((option) => option.value.toLowerCase().includes(typed)).slice(0, MOST);
    if (!hits.length || (hits.length === 1 && hits[0].value === input.value)) return shut();
    list.replaceChildren(...hits.map((option, i) => line(option, i, typed)));
    list.hidden = false;
    at = -1;
    input.setAttribute("aria-expanded", "true");
  }

  function line(option, i, typed) {
    const item = Object.assign(document.createElement("span"), { className: "menu-item", id: `${list.id}-${i}`, role: "option" });
    item.dataset.value = option.value;
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    const from = typed ? option.value.toLowerCase().indexOf(typed) : -1;
    const hit = Object.assign(document.createElement("mark"), { textContent: option.value.slice(from, from + typed.length) });
    if (from < 0) name.textContent = option.value;
    else name.append(option.value.slice(0, from), hit, option.value.slice(from + typed.length));
    item.append(name);
    if (option.text && option.text !== option.value) item.append(Object.assign(document.createElement("span"), { className: "quiet minor", textContent: option.text }));
    return item;
  }

  async function ask() {
    show([...source.options]);
    const from = field.dataset.combobox;
    if (!from) return;
    asked?.abort();
    asked = new AbortController();
    try {
      await new Promise((resolve) => setTimeout(resolve, 120));
      if (asked.signal.aborted) return;
      const url = new URL(from, location.href);
      url.searchParams.set("q", input.value);
      const answer = await fetch(url, { headers: { Accept: "text/html" }, signal: asked.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(`<datalist>${await answer.text()}</datalist>`, "text/html");
      source.replaceChildren(...page.querySelectorAll("option"));
      if (document.activeElement === input) show([...source.options]);
    } catch { /* the field goes on as plain text */ }
  }

  input.addEventListener("input", ask);
  input.addEventListener("click", () => isOpen() || ask());
  input.addEventListener("blur", () => setTimeout(shut, 100));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("[role=option]");
    if (item) choose(item);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen()) return void ask();
      move(event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1);
    } else if (event.key === "Enter" && isOpen() && at >= 0) {
      event.preventDefault();
      choose(list.children[at]);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      shut();
    }
  });
});
