// The board: a card is dragged to another lane and is there at once; the server's answer puts right what it says otherwise.
// What others move moves here too, card by card, but never while one is dragged. Lanes go on as they scroll. Without script "Move to…" does the same, and "more" leads to a page of its own.
import { arrive, settle } from "./arrive.js";
import { open } from "./dialog.js";
import { exchange, fetchPage } from "./swap.js";
import { adopt, say } from "./toast.js";

const CARD = "[data-deal]";
const CARD_DIALOG = "[data-dialog-card]";

let dragged;
let place;

arrive(`[data-board] ${CARD}`, (card) => {
  card.draggable = true;
  for (const link of card.querySelectorAll("a")) link.draggable = false;
});

const laneOf = (element) => element?.closest?.("[data-lane]");

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(`[data-board] ${CARD}`);
  if (!card) return;
  dragged = card;
  card.closest("[data-board]").dataset.liveWait = "";
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector(".deal-title").textContent);
  // Later, so that the picture under the pointer is the card as it was.
  setTimeout(() => card.classList.add("deal--lifted"));
});

function target(lane) {
  for (const other of document.querySelectorAll(".lane--target")) if (other !== lane) other.classList.remove("lane--target");
  place?.remove();
  place = undefined;
  if (!lane || lane === laneOf(dragged)) return;
  lane.classList.add("lane--target");
  const cards = lane.querySelector(".lane-cards");
  if (!cards) return;
  place = Object.assign(document.createElement("div"), { className: "drop", textContent: "Move here" });
  cards.prepend(place);
}

document.addEventListener("dragover", (event) => {
  const lane = dragged && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  if (!lane.classList.contains("lane--target")) target(lane);
});

document.addEventListener("dragend", () => {
  dragged?.classList.remove("deal--lifted");
  for (const board of document.querySelectorAll("[data-live-wait]")) delete board.dataset.liveWait;
  target();
  dragged = undefined;
});

document.addEventListener("drop", (event) => {
  const lane = dragged && laneOf(event.target);
  if (!lane) return;
  event.preventDefault();
  const card = dragged;
  target();
  if (lane !== laneOf(card)) move(card, lane);
});

async function move(card, lane) {
  const from = laneOf(card);
  const next = card.nextElementSibling;
  const back = () => {
    if (next?.parentElement) next.before(card);
    else from.querySelector(".lane-cards")?.append(card);
    card.hidden = false;
  };
  const cards = lane.querySelector(".lane-cards");
  if (cards) cards.prepend(card);
  else card.hidden = true;
  card.setAttribute("aria-busy", "true");
  const body = new URLSearchParams({ to: lane.dataset.lane, _csrf: document.querySelector("input[name=_csrf]")?.value ?? "" });
  try {
    const { page, status } = await fetchPage(card.dataset.action, { method: "POST", body, ids: "board" });
    const question = page.querySelector(CARD_DIALOG);
    if (question) {
      // Why it was lost: the answer exchanges the page, no answer leaves the card where it was.
      open(document.adoptNode(question), () => card.isConnected && back());
    } else if (status >= 400) {
      back();
      say(page.querySelector("h1")?.textContent.trim() || "That did not work.", "failed");
    } else {
      answer(page, card, [from, lane]);
    }
  } catch {
    back();
    say("Not moved: the server did not answer.", "failed");
  } finally {
    card.removeAttribute("aria-busy");
  }
}

// What the page says now: figures of both lanes and the card; where somebody else was quicker, the lanes as they are.
function answer(page, card, lanes) {
  const isRefused = page.querySelector("#toasts .toast--failed");
  const heads = lanes.map((lane) => `lane-head-${lane.dataset.lane}`);
  const isShown = page.getElementById(card.id);
  if (isRefused) {
    exchange(page, ["board"]);
  } else {
    if (!isShown) card.remove();
    exchange(page, ["board-sum", ...heads, ...(isShown ? [card.id] : [])]);
  }
  adopt(page);
}

// The board as it is by now: cards keep their place unless they were moved, so nothing jumps, and what was unfolded below
// stays. What is new, moved or written differently is put in.
document.addEventListener("live:page", (event) => {
  const board = event.target.closest?.("#board");
  const fresh = event.detail.getElementById("board");
  if (!board || !fresh) return;
  const lanes = (of) => [...of.querySelectorAll("[data-lane]")].map((lane) => lane.id).join();
  if (lanes(board) !== lanes(fresh)) return exchange(event.detail, ["board-sum", "board"]);
  for (const lane of fresh.querySelectorAll("[data-lane]")) renew(document.getElementById(lane.id), lane);
  exchange(event.detail, ["board-sum", ...[...board.querySelectorAll("[id^=lane-head-]")].map((head) => head.id)]);
});

function renew(lane, fresh) {
  const cards = lane.querySelector(".lane-cards");
  if (!cards) return;
  const wanted = [...fresh.querySelectorAll(".lane-cards > .deal")];
  const ids = new Set(wanted.map((card) => card.id));
  const rest = fresh.querySelector("[data-lane-more]");
  // Below the last card of the page stand those that were fetched later: they are still there if the page goes on.
  const last = document.getElementById(wanted.at(-1)?.id);
  const isBelow = (card) => rest && last && last.parentElement === cards
    && last.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  for (const card of [...cards.querySelectorAll(":scope > .deal")]) if (!ids.has(card.id) && !isBelow(card)) card.remove();
  wanted.forEach((card, at) => {
    const known = document.getElementById(card.id);
    const here = cards.querySelectorAll(":scope > .deal")[at];
    if (known && isSame(known, card)) return known === here || cards.insertBefore(known, here ?? null);
    const put = document.adoptNode(card);
    known?.remove();
    cards.insertBefore(put, cards.querySelectorAll(":scope > .deal")[at] ?? null);
    settle(put);
  });
  const more = lane.querySelector("[data-lane-more]");
  if (rest && !more) settle(lane.appendChild(document.adoptNode(rest)));
  else if (!rest) more?.remove();
}

// Script adds to a card (draggable, and what opens in it); what the server wrote is what counts.
const isSame = (card, other) => card.dataset.deal === other.dataset.deal && card.textContent === other.textContent
  && card.className === other.className;

// "32 more": fetched when it comes into sight, or when it is asked for.
async function more(line) {
  const link = line.querySelector("a");
  if (!link || link.getAttribute("aria-busy") === "true") return;
  link.setAttribute("aria-busy", "true");
  try {
    const { page } = await fetchPage(link.href, { ids: "lane" });
    const cards = laneOf(line).querySelector(".lane-cards");
    for (const card of [...page.querySelectorAll(".lane-cards > .deal")]) {
      if (document.getElementById(card.id)) continue;
      cards.append(document.adoptNode(card));
      settle(cards.lastElementChild);
    }
    const rest = page.querySelector("[data-lane-more]");
    if (rest) {
      line.replaceWith(document.adoptNode(rest));
      settle(laneOf(cards).querySelector("[data-lane-more]"));
    } else {
      line.remove();
    }
  } catch {
    link.removeAttribute("aria-busy");
  }
}

arrive("[data-board] [data-lane-more], [data-lanes] [data-lane-more]", (line) => {
  line.addEventListener("click", (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    more(line);
  });
  const sight = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    sight.disconnect();
    more(line);
  }, { rootMargin: "200px" });
  sight.observe(line);
});
