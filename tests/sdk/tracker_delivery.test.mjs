// Our own tracker: events survive closed pages, bad networks and a busy server, and are counted once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, expectContact, newPerson, pause } from "./rapport.mjs";
import { inShort, openShop, stored } from "./shop.mjs";
import { openBrowser } from "./site.mjs";

let browser;
before(async () => void (browser = await openBrowser()));
after(() => browser?.close());

/** Identifies the person and answers with what the contact must show, given its tracks. */
async function arrive(page, { userId, traits }) {
  const id = await page.evaluate(
    ([userId, traits]) => {
      rapport.identify(userId, traits);
      return rapport.user().anonymousId();
    },
    [userId, traits],
  );
  return { identities: [["anonymous_id", id], ["user_id", userId]] };
}

test("tracker: what is done while a page is left is not lost, nor counted twice by the next page", async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  const known = await arrive(page, person);
  await shop.arrived(2);
  await page.evaluate(() => {
    const link = document.querySelector("a");
    link.addEventListener("click", () => rapport.track("Link Followed"));
    addEventListener("pagehide", () => rapport.track("Page Left"));
    document.addEventListener("visibilitychange", () => rapport.track("Page Hidden"));
    link.click();
  });
  await page.waitForURL("**/next");
  await shop.delivered(page, 6);
  const beacons = shop.gate.posts().filter(({ path }) => path.startsWith("/beacon/"));
  assert.ok(inShort(beacons.flatMap(({ batch }) => batch)).includes("track Page Left"));
  for (const { status, headers } of beacons) {
    assert.equal(status, 200);
    assert.match(headers["content-type"], /^text\/plain/);
  }
  const tracks = { "Link Followed": 1, "Page Left": 1, "Page Hidden": 1 };
  await expectContact(person, { ...known, tracks, pages: 2, calls: 6 });
});

test("tracker: what was done just before a tab closes arrives, with storage and without", async (t) => {
  for (const attributes of ["", 'data-mode="cookieless"']) {
    const person = newPerson();
    const shop = await openShop(t, browser, attributes);
    const opener = await shop.visit("/a");
    const [popup] = await Promise.all([
      opener.waitForEvent("popup"),
      opener.evaluate(() => void window.open("/popup")),
    ]);
    await popup.waitForFunction(() => window.rapport?.user);
    const known = await arrive(popup, person);
    await shop.arrived(3);
    await popup.evaluate(() => {
      setTimeout(() => {
        rapport.track("Survey Answered");
        window.close();
      });
    });
    await shop.arrived(4);
    const pages = attributes ? 1 : 2; // without storage the opener stays a stranger
    await expectContact(person, { ...known, tracks: { "Survey Answered": 1 }, pages, calls: pages + 2 });
  }
});

test("tracker: ten events, or a page being hidden, do not wait for the timer", async (t) => {
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  await shop.delivered(page, 1);
  await page.evaluate(() => {
    window.setTimeout = () => 0;
    for (let n = 0; n < 10; n++) rapport.track("Chapter Read", { n });
  });
  await shop.delivered(page, 11);
  await page.evaluate(() => {
    rapport.track("Put Away");
    Object.defineProperty(document, "hidden", { value: true });
    document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
  });
  await shop.delivered(page, 12);
  await page.evaluate(() => rapport.track("Still Hidden"));
  await shop.delivered(page, 13);
});

test("tracker: a page that comes back from the browser's page cache goes on", async (t) => {
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  await shop.arrived(1);
  shop.gate.fault = { status: 503 };
  await page.evaluate(() => {
    rapport.track("Left");
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
  await shop.arrived(3);
  shop.gate.fault = null;
  const events = await shop.delivered(page, 3);
  assert.deepEqual(inShort(events), ["page", "track Left", "page"]);
});

test("tracker: 429 with Retry-After, a cut line and a lost answer: everything arrives once", async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser);
  shop.gate.faults = [
    { status: 429, headers: { "Retry-After": "3" } },
    { status: 0 },
    { status: 503, deliver: true },
  ];
  const page = await shop.visit("/a");
  const known = await arrive(page, person);
  await page.evaluate(() => rapport.track("Order Completed"));
  await eventually(() => assert.ok(shop.gate.faults.length <= 1));
  await page.evaluate(() => rapport.track("Order Completed"));
  await eventually(() => assert.equal(shop.gate.faults.length, 0));
  await shop.delivered(page, 4);
  const [busy, next] = shop.gate.posts();
  assert.ok(next.at - busy.at >= 2900, `Retry-After: 3 was answered after ${next.at - busy.at} ms`);
  assert.deepEqual(busy.batch[0], next.batch[0], "an event stays what it was, its messageId too");
  await expectContact(person, { ...known, tracks: { "Order Completed": 2 }, pages: 1, calls: 4 });
});

test("tracker: what the server refuses for good (400) is dropped, and the rest goes on", async (t) => {
  const shop = await openShop(t, browser);
  shop.gate.faults = [{ status: 400 }];
  const page = await shop.visit("/a");
  await shop.arrived(1);
  await page.evaluate(() => rapport.track("Next"));
  await shop.delivered(page, 2);
  await shop.silence();
  assert.deepEqual(shop.gate.posts().map(({ status, batch }) => [status, batch.length]), [[400, 1], [200, 1]]);
});

test("tracker: a request never carries more than a leaving page may send, but for a single big event", async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  const known = await arrive(page, person);
  await page.evaluate(() => {
    for (let n = 0; n < 20; n++) rapport.track("Chapter Read", { text: "ł".repeat(4000) });
    rapport.track("Book Read", { text: "ł".repeat(40_000) });
  });
  await shop.delivered(page, 23);
  const bytes = shop.gate.posts().map(({ headers }) => Number(headers["content-length"]));
  assert.equal(bytes.filter((size) => size > 64_000).length, 1, `requests of ${bytes} bytes`);
  assert.ok(bytes.length <= 7, `requests of ${bytes} bytes`);
  const tracks = { "Chapter Read": 20, "Book Read": 1 };
  await expectContact(person, { ...known, tracks, pages: 1, calls: 23 });
});

test("tracker: while Rapport is away events wait over pages and visits, the newest 500 of them", async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser);
  shop.gate.fault = { status: 503 };
  const page = await shop.visit("/a");
  await page.evaluate(() => {
    for (let n = 0; n < 600; n++) rapport.track("Tick", { n });
  });
  await shop.visit("/b", page);
  const known = await arrive(page, person);
  await page.goto("about:blank");
  await pause(500);
  shop.gate.seen.length = 0;
  shop.gate.fault = null;
  await shop.visit("/c", page);
  const events = await shop.delivered(page, 500);
  assert.equal(events.length, 500);
  // The newest 500 are 497 ticks, the page view of /b, the identify and the page view of /c.
  await expectContact(person, { ...known, tracks: { Tick: 497 }, pages: 2, calls: 500 });
  await shop.silence();
});

test("tracker: two tabs that both wait send each event, and neither the other's for ever", async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser);
  shop.gate.fault = { status: 503 };
  const one = await shop.visit("/one");
  const known = await arrive(one, person);
  await shop.arrived(2);
  const two = await shop.visit("/two");
  await two.evaluate(() => rapport.track("Order Completed"));
  await shop.arrived(4);
  const queues = (await stored(two)).filter((name) => name.includes("rapport.q."));
  assert.equal(queues.length, 2, "each keeps its own");
  shop.gate.seen.length = 0;
  shop.gate.fault = null;
  await shop.arrived(4);
  await shop.delivered(two, 4);
  await shop.silence();
  assert.equal(shop.gate.events().length, 4, "nothing is sent twice");
  await expectContact(person, { ...known, tracks: { "Order Completed": 1 }, pages: 2, calls: 4 });
});

test("tracker: events of a tab that crashed are adopted by a later page", async (t) => {
  const shop = await openShop(t, browser);
  shop.gate.fault = { status: 503 };
  const page = await shop.visit("/one");
  await shop.arrived(1);
  await pause(100);
  await page.evaluate(() => {
    const [name] = Object.keys(localStorage).filter((each) => each.startsWith("rapport.q."));
    const { batch } = JSON.parse(localStorage[name]);
    const leave = (messageId, days) => {
      const free = Date.now() - days * 86_400_000 - 1;
      localStorage[name + messageId] = JSON.stringify({ free, batch: [{ ...batch[0], messageId }] });
    };
    leave("left-by-a-crash", 0);
    leave("left-last-week", 8);
  });
  shop.gate.fault = null;
  await shop.visit("/two", page);
  const events = await shop.delivered(page, 3);
  const adopted = events.map(({ messageId }) => messageId).filter((id) => id.startsWith("left"));
  assert.deepEqual(adopted, ["left-by-a-crash"], "but not what is older than a week");
});
