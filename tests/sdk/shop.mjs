// A shop that uses our own tracker, and its visitors. The tracker is loaded through a gate, so each request is seen.
import assert from "node:assert/strict";
import { openGate } from "./gate.mjs";
import { eventually, pause, writeKey } from "./rapport.mjs";
import { openSite } from "./site.mjs";

/** One test's shop: `attributes` go on the script tag, `before` is HTML in front of it. */
export async function openShop(t, browser, attributes = "", before = "") {
  const gate = await openGate();
  const tag = `<script async src="${gate.url}/rapport.js" data-key="${writeKey}" ${attributes}></script>`;
  const site = await openSite(before + tag);
  const context = await browser.newContext();
  t.after(async () => {
    await context.close();
    site.close();
    gate.close();
  });
  const shop = { gate, site, context, failures: [] };

  /** Opens a page in a new tab, or in `tab`, and waits for the tracker. */
  shop.visit = async (path = "/", tab) => {
    const page = tab ?? (await context.newPage());
    if (!tab) page.on("pageerror", (error) => shop.failures.push(String(error)));
    await page.goto(new URL(path, site.url).href);
    await page.waitForFunction(() => window.rapport && !Array.isArray(window.rapport));
    return page;
  };
  /** Waits until at least this many different events have come to the gate. */
  shop.arrived = (count) =>
    eventually(() => {
      const events = gate.distinct();
      assert.ok(events.length >= count, `${events.length} of ${count} events have come`);
      return events;
    });
  /** Waits until the server has taken everything and nothing is left with the visitor. */
  shop.delivered = async (page, count) => {
    await shop.arrived(count);
    await eventually(async () => {
      assert.equal(gate.posts().at(-1).status, 200);
      assert.deepEqual((await stored(page)).filter((name) => name.includes("rapport.q.")), []);
    });
    return gate.distinct();
  };
  /** Gives the tracker time to send something it should not. */
  shop.silence = async () => {
    const before = gate.posts().length;
    await pause(900);
    assert.equal(gate.posts().length, before, "nothing more is sent");
  };
  return shop;
}

/** The names of all that a page's site has stored in the browser. */
export const stored = (page) =>
  page.evaluate(() => [
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
    ...document.cookie.split("; ").filter(Boolean),
  ]);

/** What a list of events is, in short: "page", "track Order Completed". */
export const inShort = (events) => events.map(({ type, event }) => (event ? `${type} ${event}` : type));
