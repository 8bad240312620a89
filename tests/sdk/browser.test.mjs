// Segment's and RudderStack's SDKs in Chromium, on a site of another origin than Rapport's.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openGate } from "./gate.mjs";
import { expectContact, newPerson, url, writeKey } from "./rapport.mjs";
import { openBrowser, openSite } from "./site.mjs";

let browser, site;
before(async () => {
  browser = await openBrowser();
  site = await openSite("");
});
after(async () => {
  await browser?.close();
  site?.close();
});

// Runs in the page: loads the SDK, answers once it is ready.
const sdks = {
  "@segment/analytics-next": {
    file: "/segment.js",
    async load({ writeKey, host, events }) {
      const { AnalyticsBrowser } = window.AnalyticsNext;
      const overrides = events && { "Segment.io": { apiHost: `${new URL(events).host}/v1`, protocol: "http" } };
      const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: host }, { integrations: overrides });
      window.sdk = analytics;
      return analytics.user().anonymousId();
    },
  },
  "@rudderstack/analytics-js/bundled": {
    file: "/rudder.js",
    async load({ writeKey, host, events }) {
      const { RudderAnalytics } = window.rudderanalytics;
      const analytics = new RudderAnalytics();
      analytics.load(writeKey, events || host, { configUrl: host });
      await new Promise((ready) => analytics.ready(ready));
      window.sdk = analytics;
      return analytics.getAnonymousId();
    },
  },
};

// Runs in the page: nine calls of a visitor who signs up.
function story({ userId, formerId, groupId, traits }) {
  sdk.page("Pricing");
  sdk.track("Plan Compared", { seats: 5 });
  sdk.identify(userId, traits);
  sdk.track("Order Completed", { total: 30.5, note: "\u2028 😀" });
  sdk.track("Order Completed", { total: 12, big: "x".repeat(30_000) });
  sdk.group(groupId, { name: "Łoś & Co" });
  sdk.page("Account", "Welcome", { first: true });
  sdk.alias(userId, formerId); // Segment's sends the current user id here, whatever it is told
  sdk.track("Ticket Opened");
}

const told = ({ userId }, anonymousId) => ({
  identities: [["anonymous_id", anonymousId], ["user_id", userId]],
  tracks: { "Plan Compared": 1, "Order Completed": 2, "Ticket Opened": 1 },
  pages: 2,
  calls: 9,
});

for (const [name, { file, load }] of Object.entries(sdks)) {
  async function visit(t, settings) {
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    const failures = [];
    page.on("pageerror", (error) => failures.push(String(error)));
    await page.goto(`${site.url}/pricing?utm_source=news&utm_campaign=spring`);
    await page.addScriptTag({ url: file });
    const anonymousId = await page.evaluate(load, { writeKey, host: url, ...settings });
    return { page, anonymousId, failures };
  }

  test(`${name}: a visitor who signs up keeps the history from before`, async (t) => {
    const person = newPerson();
    const { page, anonymousId, failures } = await visit(t);
    await page.evaluate(story, person);
    const contact = await expectContact(person, told(person, anonymousId));
    assert.ok(contact.identities.some(({ value }) => value === person.formerId), "alias adds the former id");
    assert.deepEqual(failures, []);
  });

  test(`${name}: events wait while Rapport is away (503) or busy (429)`, async (t) => {
    const gate = await openGate();
    t.after(gate.close);
    gate.faults = [{ status: 503 }, { status: 429, headers: { "Retry-After": "1" } }, { status: 503, deliver: true }];
    const person = newPerson();
    const { page, anonymousId } = await visit(t, { events: gate.url });
    await page.evaluate(story, person);
    await expectContact(person, told(person, anonymousId));
    assert.equal(gate.faults.length, 0);
    const ids = gate.events().map((event) => event.messageId);
    assert.equal(new Set(ids).size, 9);
    assert.ok(ids.length > 9, "the SDK did send events again");
  });
}

test("@rudderstack/analytics-js/bundled: beacons deliver what was done before the page was left", async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(`${site.url}/pricing`);
  await page.addScriptTag({ url: "/rudder.js" });
  const person = newPerson();
  const anonymousId = await page.evaluate(
    async ({ writeKey, url, person }) => {
      const sdk = new window.rudderanalytics.RudderAnalytics();
      sdk.load(writeKey, url, { configUrl: url, useBeacon: true });
      await new Promise((ready) => sdk.ready(ready));
      sdk.page("Pricing");
      sdk.identify(person.userId, person.traits);
      sdk.track("Order Completed", { total: 30.5 });
      return sdk.getAnonymousId();
    },
    { writeKey, url, person },
  );
  await page.goto("about:blank");
  await expectContact(person, {
    identities: [["anonymous_id", anonymousId], ["user_id", person.userId]],
    tracks: { "Order Completed": 1 },
    pages: 1,
    calls: 3,
  });
});
