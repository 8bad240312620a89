// Our own tracker: what it must not store or send.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { expectContact, newPerson } from "./rapport.mjs";
import { inShort, openShop, stored } from "./shop.mjs";
import { openBrowser } from "./site.mjs";

let browser;
before(async () => void (browser = await openBrowser()));
after(() => browser?.close());

const anonymousId = (page) => page.evaluate(() => rapport.user().anonymousId());

test('tracker, data-consent="required": nothing is stored or sent before consent, then all of it', async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser, 'data-consent="required" data-cookie-domain="shop.test"');
  const page = await shop.visit(`http://www.shop.test:${shop.site.port}/pricing`);
  await page.evaluate(({ userId, traits }) => {
    rapport.track("Plan Compared");
    rapport.identify(userId, traits);
  }, person);
  await shop.silence();
  assert.deepEqual(await stored(page), []);
  assert.equal(shop.gate.posts().length, 0);

  await page.evaluate(() => rapport.consent(true));
  const id = await anonymousId(page);
  const events = await shop.arrived(3);
  assert.deepEqual(inShort(events), ["page", "track Plan Compared", "identify"]);
  for (const event of events) {
    assert.equal(event.anonymousId, id);
    assert.deepEqual(event.context.consent, { categoryPreferences: { analytics: true } });
  }
  const identities = [["anonymous_id", id], ["user_id", person.userId]];
  await expectContact(person, { identities, tracks: { "Plan Compared": 1 }, pages: 1, calls: 3 });

  await shop.visit(`http://www.shop.test:${shop.site.port}/later`, page);
  await shop.arrived(4);
  assert.equal(await anonymousId(page), id, "the consent and the id last");
});

test('tracker, data-consent="required": a page left or refused without consent leaves nothing behind', async (t) => {
  const shop = await openShop(t, browser, 'data-consent="required"');
  const page = await shop.visit("/a");
  await shop.visit("/b", page);
  await page.evaluate(() => rapport.consent(false));
  await page.evaluate(() => rapport.track("Plan Compared"));
  await shop.visit("/c", page);
  await page.goto("about:blank");
  await shop.visit("/d", page);
  await shop.silence();
  assert.equal(shop.gate.posts().length, 0);
  assert.deepEqual(await stored(page), []);
});

test("tracker: withdrawn consent clears ids and unsent events, and stops", async (t) => {
  const shop = await openShop(t, browser, 'data-consent="required"', '<script>rapport = [["consent", true]]</script>');
  shop.site.pages["/later"] = shop.site.head.replace(/<script>.*?<\/script>/, "");
  const page = await shop.visit("/a");
  await shop.arrived(1);
  shop.gate.fault = { status: 503 };
  await page.evaluate(() => rapport.track("Plan Compared"));
  await shop.arrived(2);
  await page.evaluate(() => {
    rapport.consent(false);
    rapport.track("After All");
  });
  assert.deepEqual(await stored(page), []);
  await shop.silence();
  shop.gate.fault = null;
  await shop.visit("/later", page);
  await shop.silence();
  assert.deepEqual(await stored(page), []);
  assert.deepEqual(inShort(shop.gate.distinct()), ["page", "track Plan Compared"]);
});

test("tracker: where nobody asks first, a refusal outlives the page and can be taken back", async (t) => {
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  await shop.arrived(1);
  const id = await anonymousId(page);
  await page.evaluate(() => rapport.consent(false));
  assert.deepEqual(await stored(page), ["rapport.c"], "only the refusal itself");
  await shop.visit("/b", page);
  await page.evaluate(() => rapport.track("Plan Compared"));
  await shop.silence();
  await page.evaluate(() => rapport.consent(true));
  await page.evaluate(() => rapport.track("Came Round"));
  const events = await shop.arrived(2);
  assert.deepEqual(inShort(events), ["page", "track Came Round"]);
  assert.notEqual(events[1].anonymousId, id);
});

test("tracker: consent by category goes with each event; the named category decides", async (t) => {
  const shop = await openShop(t, browser, 'data-consent="required" data-consent-category="statistics"');
  const page = await shop.visit("/a");
  await page.evaluate(() => rapport.consent({ marketing: true }));
  await shop.silence();
  assert.deepEqual(await stored(page), []);
  await page.evaluate(() => rapport.consent({ statistics: true, marketing: false }));
  const [event] = await shop.arrived(1);
  assert.deepEqual(event.context.consent.categoryPreferences, { statistics: true, marketing: false });
  await shop.visit("/b", page);
  const [, next] = await shop.arrived(2);
  assert.deepEqual(next.context.consent.categoryPreferences, { statistics: true, marketing: false });
  await page.evaluate(() => rapport.consent({ statistics: false }));
  await page.evaluate(() => rapport.track("Plan Compared"));
  await shop.silence();
  assert.deepEqual(await stored(page), []);
});

for (const [signal, value] of [["doNotTrack", "1"], ["globalPrivacyControl", true]]) {
  const announce = ([name, answer]) => Object.defineProperty(Navigator.prototype, name, { get: () => answer });

  test(`tracker: ${signal} is respected, even against consent(true)`, async (t) => {
    const shop = await openShop(t, browser);
    await shop.context.addInitScript(announce, [signal, value]);
    const page = await shop.visit("/a");
    await page.evaluate(() => {
      rapport.consent(true);
      rapport.identify("someone", { plan: "pro" });
    });
    await page.goto(`${shop.site.url}/b`);
    await shop.silence();
    assert.equal(shop.gate.posts().length, 0);
    assert.deepEqual(await stored(page), []);
  });

  test(`tracker: ${signal} is ignored where the site says data-dnt="ignore"`, async (t) => {
    const shop = await openShop(t, browser, 'data-dnt="ignore"');
    await shop.context.addInitScript(announce, [signal, value]);
    await shop.visit("/a");
    assert.deepEqual(inShort(await shop.arrived(1)), ["page"]);
  });
}

test('tracker, data-mode="cookieless": stores nothing, and each page load is somebody new', async (t) => {
  const person = newPerson();
  const shop = await openShop(t, browser, 'data-mode="cookieless" data-cookie-domain="shop.test"');
  const at = (path) => `http://www.shop.test:${shop.site.port}${path}`;
  const page = await shop.visit(at("/a"));
  const first = await anonymousId(page);
  await page.evaluate(() => history.pushState({}, "", "/a/2"));
  await shop.arrived(2);
  assert.deepEqual(await stored(page), []);
  await page.evaluate(({ userId, traits }) => rapport.identify(userId, traits), person);
  await shop.visit(at("/b"), page);
  await shop.arrived(4);
  assert.notEqual(await anonymousId(page), first);
  assert.deepEqual(await stored(page), []);
  const identities = [["anonymous_id", first], ["user_id", person.userId]];
  await expectContact(person, { identities, pages: 2, calls: 3 });
});
