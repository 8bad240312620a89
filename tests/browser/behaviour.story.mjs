// The main job: a source is made, an SDK speaks to it, and what people do appears on their record while it is open.
import assert from "node:assert/strict";

import { createSource, isWellMade, openRecord, person, send, soon, story, told, unique } from "./support.mjs";

story("what a visitor does appears on the open record within a second", {}, async (page) => {
  const name = unique("Linnea Visitor");
  const linnea = person(name);
  const key = await createSource(page, unique("Website"));
  assert.ok(key.length >= 16, `a write key: ${key}`);
  await isWellMade(page, "source");
  await send(key, [linnea.view, linnea.identify]);
  await openRecord(page, linnea, name);
  await told(page, /pricing/i);

  await page.evaluate(() => (globalThis.isSamePage = true));
  // The stream opens after the page has loaded; a first event tells that it is open.
  await send(key, [linnea.track("Stream Opened")]);
  await told(page, "Stream Opened");
  // The machine may be busy with something else just then; it is not three times in a row.
  const took = [];
  for (const event of ["Quote Viewed", "Quote Printed", "Quote Sent"]) {
    const began = performance.now();
    await send(key, [linnea.track(event)]);
    await told(page, event);
    took.push(Math.round(performance.now() - began));
    if (took.at(-1) < 1_000) break;
  }
  assert.ok(Math.min(...took) < 1_000, `it took ${took.join(", ")} ms from the request to the eye`);
  assert.ok(await page.evaluate(() => globalThis.isSamePage), "the page was not loaded again");
  await isWellMade(page, "contact live");
});

story("a second source's events join the same record", {}, async (page) => {
  const name = unique("Tuva Twice");
  const tuva = person(name);
  const keys = [await createSource(page, unique("Shop")), await createSource(page, unique("App"))];
  await send(keys[0], [tuva.identify, tuva.track("Cart Filled")]);
  await send(keys[1], [tuva.track("App Opened")]);
  await openRecord(page, tuva, name);
  await told(page, "Cart Filled");
  await told(page, "App Opened");
});

story("without script the record shows all of it after a reload", { script: false }, async (page) => {
  const name = unique("Pål Plain");
  const pal = person(name);
  const key = await createSource(page, unique("Plain"));
  await send(key, [pal.identify, pal.track("Form Sent")]);
  await openRecord(page, pal, name);
  await soon("the record never told of the form", async () => {
    await page.reload();
    return (await page.getByRole("region", { name: "Timeline" }).filter({ hasText: "Form Sent" }).count()) > 0;
  });
});

story("whoever opens record after record is never refused, and the newest is live", {}, async (page) => {
  const name = unique("Kari Quick");
  const kari = person(name);
  const key = await createSource(page, unique("Quick"));
  await send(key, [kari.identify]);
  await openRecord(page, kari, name);
  for (let times = 0; times < 8; times += 1) await page.reload();
  const tabs = [page];
  for (let more = 0; more < 5; more += 1) {
    const tab = await page.context().newPage();
    tab.on("response", (response) => {
      if (response.status() >= 400) page.problems.push(`${response.status()} ${response.url()}`);
    });
    await tab.goto(page.url());
    await tab.locator("#record[data-live-state=live]").waitFor();
    tabs.push(tab);
  }
  // A browser keeps six connections to a server: the first tab gave its stream up, or the last would still wait.
  await page.locator("#record[data-live-state=waiting]").waitFor();
  await send(key, [kari.track("Tab Watched")]);
  await told(tabs.at(-1), "Tab Watched");
});
