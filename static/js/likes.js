// While somebody types a new record, the page says who looks like it already: `data-likes` is where to ask,
// `data-likes-from` the fields that count. Asked when a field has changed, shown in the place of `#likes`.
import { arrive } from "./arrive.js";
import { exchange, fetchPage } from "./swap.js";

arrive("form[data-likes]", (form) => {
  const names = form.dataset.likesFrom.split(" ");
  let asking;
  form.addEventListener("change", async (event) => {
    if (!names.includes(event.target.name)) return;
    asking?.abort();
    asking = new AbortController();
    const url = new URL(form.dataset.likes, location.href);
    for (const name of names) url.searchParams.set(name, form.elements[name]?.value ?? "");
    try {
      const { page, status } = await fetchPage(url, { ids: "likes", signal: asking.signal });
      if (status === 200) exchange(page, ["likes"]);
    } catch { /* a hint that does not come is no trouble */ }
  });
});
