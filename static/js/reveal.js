// A row that scrolls sideways (tabs, the settings' entries, steps) starts where its current entry is in sight.
import { arrive } from "./arrive.js";

arrive(".tabs, .settings-nav, .steps, .stages", (row) => {
  const here = row.querySelector("[aria-current]");
  if (!here || row.scrollWidth <= row.clientWidth) return;
  const [outer, inner] = [row.getBoundingClientRect(), here.getBoundingClientRect()];
  row.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
});
