// Every address that a page names leads somewhere: pages, parts of pages, pictures, scripts.
import assert from "node:assert/strict";

import { button, createSource, person, send, soon, story, unique } from "./support.mjs";

/** Addresses of one shape ("/contacts/7", "/contacts/8") that are looked at. */
const ENOUGH = 3;
const FEWEST_SHAPES = 40;
const isLeftOut = (path) => /^\/sign-out$|\/live$/.test(path);

/** Something of everything: a person, a company, what they did, and an event that nobody understands. */
async function fill(page) {
  const name = unique("Liv Link");
  const liv = person(name);
  const key = await createSource(page, unique("Links"));
  await send(key, [liv.view, liv.identify, liv.track("Link Followed"), { type: "track", userId: liv.email }]);
  await page.goto("/companies/new");
  await page.getByLabel(/^name/i).first().fill(unique("Link AS"));
  await button(page, "Create company").click();
  await page.waitForURL(/\/companies\/\d+$/);
  await page.goto("/contacts/new");
  await page.getByLabel(/^name/i).first().fill(unique("Lars Link"));
  await page.getByLabel(/^e-?mail/i).first().fill(`${unique("lars").replace(" ", ".")}@links.example`);
  await button(page, "Create contact").click();
  await page.waitForURL(/\/contacts\/\d+$/);
  const record = new URL(page.url()).pathname;
  await soon("the event without a name never came into the quarantine", async () => {
    await page.goto("/settings/quarantine");
    return (await page.locator('main a[href^="/settings/quarantine/"]').count()) > 0;
  });
  return record;
}

/** What one address answers, and which addresses it names. Runs in the browser. */
async function look(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  const { status } = answer;
  const found = { status, path: new URL(answer.url).pathname, named: [], missing: [] };
  if (!answer.headers.get("content-type")?.startsWith("text/html")) return found;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const places = { href: "[href]", src: "[src]", action: "form:not([method=post])[action]", "data-combobox": "[data-combobox]" };
  for (const [attribute, selector] of Object.entries(places)) {
    for (const element of page.querySelectorAll(selector)) {
      const url = new URL(element.getAttribute(attribute), answer.url);
      if (url.origin !== location.origin) continue;
      const isHere = element.getAttribute(attribute).startsWith("#");
      if (isHere && url.hash !== "#" && !page.getElementById(decodeURIComponent(url.hash.slice(1)))) {
        found.missing.push(url.hash);
      }
      found.named.push(url.pathname + url.search);
    }
  }
  return found;
}

/** "/contacts/7?sort=name&q=x" → "/contacts/# q sort", so that a thousand contacts are one thing to look at. */
function shape(address) {
  const { pathname, searchParams } = new URL(address, "http://here");
  const path = pathname.split("/").map((part) => (/^(\d+|[0-9a-f]{8,})$/.test(part) ? "#" : part)).join("/");
  return [path, ...new Set([...searchParams.keys()].sort())].join(" ");
}

story("every link of every page leads somewhere", {}, async (page) => {
  const record = await fill(page);
  const waiting = [["/", "the start"], [record, "the start"]];
  const known = new Set(waiting.map(([address]) => address));
  const shapes = new Map();
  const broken = [];
  while (waiting.length > 0) {
    const [address, from] = waiting.shift();
    const { status, named, missing, path } = await page.evaluate(look, address);
    if (status >= 400) broken.push(`${status} ${address}, named on ${from}`);
    if (path === "/sign-in") broken.push(`${address}, named on ${from}, signs out`);
    broken.push(...missing.map((hash) => `${hash} is not on ${address}`));
    for (const next of named) {
      const seen = shapes.get(shape(next)) ?? 0;
      if (known.has(next) || seen >= ENOUGH || isLeftOut(new URL(next, "http://here").pathname)) continue;
      shapes.set(shape(next), seen + 1);
      known.add(next);
      waiting.push([next, address]);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(shapes.size >= FEWEST_SHAPES, `only ${[...shapes.keys()].join("\n")}`);
});
