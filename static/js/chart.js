// What a chart says under the pointer and under the arrow keys. The words are those of the table under "Figures".
import { arrive } from "./arrive.js";

arrive("figure[data-chart]", (figure) => {
  const area = figure.querySelector(".chart-area");
  const [head, ...rows] = [...figure.querySelectorAll(".chart-data tr")].map((row) => [...row.cells].map((cell) => cell.textContent.trim()));
  if (!area || !rows.length) return;
  const isBars = figure.dataset.chart === "bars";
  const label = area.querySelector("svg").getAttribute("aria-label");
  area.tabIndex = 0;
  area.setAttribute("role", "group");
  area.setAttribute("aria-label", `${label}. Arrow keys read the figures.`);
  area.style.setProperty("--parts", rows.length);
  const mark = Object.assign(document.createElement("span"), { className: "chart-at", hidden: true });
  const words = Object.assign(document.createElement("span"), { className: "chart-readout", hidden: true, role: "status" });
  area.append(mark, words);
  let at = -1;

  const place = (index) => (isBars ? (index + 0.5) / rows.length : rows.length > 1 ? index / (rows.length - 1) : 0.5);

  function tell(index) {
    if (index === at) return;
    at = index;
    mark.hidden = words.hidden = index < 0;
    if (index < 0) return;
    const share = place(index);
    mark.style.insetInlineStart = `${share * 100}%`;
    words.style.insetInlineStart = share < 0.5 ? `${share * 100}%` : "auto";
    words.style.insetInlineEnd = share < 0.5 ? "auto" : `${(1 - share) * 100}%`;
    const title = Object.assign(document.createElement("strong"), { textContent: rows[index][0] });
    const pairs = rows[index].slice(1).flatMap((figure, i) => [
      Object.assign(document.createElement("span"), { textContent: head[i + 1] }),
      Object.assign(document.createElement("span"), { textContent: figure }),
    ]);
    words.replaceChildren(title, ...pairs);
  }

  area.addEventListener("pointermove", (event) => {
    const box = area.getBoundingClientRect();
    const isRtl = getComputedStyle(area).direction === "rtl";
    const share = Math.min(Math.max((isRtl ? box.right - event.clientX : event.clientX - box.left) / box.width, 0), 0.9999);
    tell(isBars ? Math.floor(share * rows.length) : Math.round(share * (rows.length - 1)));
  });
  area.addEventListener("pointerleave", () => tell(-1));
  area.addEventListener("blur", () => tell(-1));
  area.addEventListener("keydown", (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at < 0 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1, Escape: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tell(event.key === "Escape" ? -1 : Math.min(Math.max(to, 0), rows.length - 1));
  });
});
