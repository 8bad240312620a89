// A link with `data-dialog` shows the card of the page it leads to above the page it stands on. A form in it that fails
// shows its errors there; one that succeeds leads where it would without script.
import { settle } from "./arrive.js";
import { exchange, fetchPage, sendingOf } from "./swap.js";
import { adopt, carry, say } from "./toast.js";

const CARD = "[data-dialog-card]";

export function open(card, after) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog--sheet";
  dialog.append(card);
  const title = card.querySelector("h1, h2");
  if (title) {
    title.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  document.body.append(dialog);
  settle(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    after?.();
  });
  dialog.showModal();
  const first = card.querySelector("[autofocus], input:not([type=hidden], [type=radio], [type=checkbox]), textarea, select");
  first?.focus();
  return dialog;
}

document.addEventListener("click", async (event) => {
  const target = event.target;
  const dialog = target.closest?.("dialog");
  if (dialog && (target === dialog || target.closest("[data-dialog-close]"))) {
    event.preventDefault();
    dialog.close();
    return;
  }
  const link = target.closest?.("a[data-dialog]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const { page, url } = await fetchPage(link.href, { ids: "dialog" });
    const card = page.querySelector(CARD);
    if (card) open(document.adoptNode(card));
    else location.assign(url);
  } catch {
    location.assign(link.href);
  }
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const dialog = form.closest("dialog");
  if (!dialog || event.defaultPrevented || form.method === "dialog") return;
  event.preventDefault();
  const button = event.submitter;
  if (button?.getAttribute("aria-busy") === "true") return;
  const { method, url, body } = sendingOf(form, button);
  button?.setAttribute("aria-busy", "true");
  try {
    const answer = await fetchPage(url.href, { method, body, ids: "dialog" });
    const card = answer.isRedirected ? null : answer.page.querySelector(CARD);
    if (card) {
      dialog.replaceChildren(document.adoptNode(card));
      settle(dialog);
      dialog.querySelector("[aria-invalid], input:not([type=hidden]), textarea")?.focus();
    } else if (answer.status >= 400) {
      say(answer.page.querySelector("h1")?.textContent.trim() || "That did not work.", "failed");
    } else if (new URL(answer.url).pathname === location.pathname && exchange(answer.page, ["main"])) {
      adopt(answer.page);
      dialog.close();
    } else {
      carry(answer.page);
      location.assign(answer.url);
    }
  } catch {
    say("Not saved: the server did not answer. What you typed is still here.", "failed");
  } finally {
    button?.removeAttribute("aria-busy");
  }
});
