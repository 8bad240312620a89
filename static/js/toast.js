// Toasts: what was done, for ten seconds, longer while somebody points at it or stands in it.
import { arrive } from "./arrive.js";

const STAY = 10_000;
const CARRIED = "rapport-toasts";
const rack = () => document.getElementById("toasts");

// Takes over the toasts of a page that was fetched.
export function adopt(page) {
  for (const toast of page.querySelectorAll("#toasts > .toast")) show(document.adoptNode(toast));
}

// Keeps the toasts of a fetched page for the page that is visited next.
export function carry(page) {
  const toasts = [...page.querySelectorAll("#toasts > .toast")].map((toast) => toast.outerHTML).join("");
  if (toasts) sessionStorage.setItem(CARRIED, toasts);
}

// Says something of its own: `tone` is "done" or "failed".
export function say(text, tone = "done") {
  const toast = document.createElement("div");
  toast.className = tone === "failed" ? "toast toast--failed" : "toast";
  toast.dataset.toast = "";
  if (tone === "failed") toast.role = "alert";
  const words = document.createElement("span");
  words.textContent = text;
  toast.append(drawing(tone === "failed" ? "warning" : "check"), words);
  show(toast);
}

// An icon of the sprite that the page already uses.
function drawing(name) {
  const icon = document.querySelector(".icon use")?.closest("svg").cloneNode(true);
  if (!icon) return "";
  icon.setAttribute("class", "icon");
  icon.firstElementChild.setAttribute("href", icon.firstElementChild.getAttribute("href").replace(/#.*/, `#${name}`));
  return icon;
}

function show(toast) {
  const place = rack();
  if (!place) return;
  place.append(toast);
  set(toast);
  while (place.children.length > 3) place.firstElementChild.remove();
}

function set(toast) {
  if (toast.dataset.toast === "set" || !toast.closest("#toasts")) return;
  toast.dataset.toast = "set";
  let clock;
  const go = () => {
    clearTimeout(clock);
    clock = setTimeout(() => toast.remove(), STAY);
  };
  const hold = () => clearTimeout(clock);
  const leave = () => toast.matches(":hover, :focus-within") || go();
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", leave);
  toast.addEventListener("focusout", () => setTimeout(leave));
  go();
}

document.addEventListener("click", (event) => event.target.closest?.("[data-toast-close]")?.closest("[data-toast]").remove());

// A live region tells only what changes in it: a toast that came with the page is put in once more.
arrive("#toasts", (place) => {
  for (const toast of [...place.children]) show(toast);
  const kept = sessionStorage.getItem(CARRIED);
  if (!kept) return;
  sessionStorage.removeItem(CARRIED);
  const page = new DOMParser().parseFromString(kept, "text/html");
  for (const toast of page.body.children) show(document.adoptNode(toast));
});
