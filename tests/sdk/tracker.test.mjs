// Our own tracker: what it records, and how a page talks to it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { eventually, expectContact, installed, newPerson, pause, url, writeKey } from "./rapport.mjs";
import { inShort, openShop, stored } from "./shop.mjs";
import { openBrowser } from "./site.mjs";

let browser;
before(async () => void (browser = await openBrowser()));
after(() => browser?.close());

test("tracker: /rapport.js is ES2017, under 4 kB compressed", async () => {
  const answer = await fetch(`${url}/rapport.js`);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /javascript/);
  const source = await answer.text();
  installed("acorn").parse(source, { ecmaVersion: 8 });
  const size = gzipSync(source, { level: 9 }).length;
  assert.ok(size < 4000, `${size} bytes`);
});

test("tracker: a page view says where, from where and with what, in one simple request", async (t) => {
  const shop = await openShop(t, browser);
  shop.site.pages["/untracked"] = " ";
  const page = await shop.context.newPage();
  await page.goto(`${shop.site.url}/untracked`);
  const plain = await page.evaluate(() => Object.keys(window));
  await shop.visit("/pricing?utm_source=news&utm_medium=mail&utm_campaign=spring#plans", page);
  const [event] = await shop.arrived(1);
  assert.equal(event.type, "page");
  const place = {
    path: "/pricing",
    referrer: "",
    search: "?utm_source=news&utm_medium=mail&utm_campaign=spring",
    title: "Shop /pricing",
    url: `${shop.site.url}/pricing?utm_source=news&utm_medium=mail&utm_campaign=spring`,
  };
  assert.deepEqual(event.properties, place);
  assert.deepEqual(event.context.page, place);
  assert.deepEqual(event.context.campaign, { source: "news", medium: "mail", name: "spring" });
  assert.deepEqual(event.context.library, { name: "rapport.js", version: "1" });
  assert.equal(event.context.userAgent, await page.evaluate(() => navigator.userAgent));
  for (const key of ["locale", "timezone", "screen", "sessionId"]) assert.ok(event.context[key], key);
  assert.equal(event.context.consent, undefined);
  assert.ok(!("userId" in event) || event.userId === null);
  assert.ok(Math.abs(new Date(event.timestamp) - Date.now()) < 60_000);

  const [post] = shop.gate.posts();
  assert.equal(post.path, "/v1/batch");
  assert.match(post.headers["content-type"], /^text\/plain/);
  assert.equal(post.headers.cookie, undefined);
  assert.ok(!shop.gate.seen.some(({ method }) => method === "OPTIONS"), "no preflight");
  const added = (await page.evaluate(() => Object.keys(window))).filter((name) => !plain.includes(name));
  assert.deepEqual(added, ["rapport"]);
  assert.deepEqual(shop.failures, []);
});

test("tracker: calls made before it loads and after it land on one contact, once", async (t) => {
  const person = newPerson();
  const { userId, formerId, groupId, traits } = person;
  const early = `<script>
    window.rapport = window.rapport || [];
    rapport.push(["track", "Plan Compared", { seats: 5 }]);
  </script>`;
  const shop = await openShop(t, browser, "", early);
  const page = await shop.visit("/pricing");
  const anonymousId = await page.evaluate(
    ({ userId, formerId, groupId, traits }) => {
      rapport.identify(userId, traits);
      rapport.track("Order Completed", { total: 30.5, note: "\u2028 😀" });
      rapport.push(["track", "Order Completed", { total: 12 }]);
      rapport.group(groupId, { name: "Łoś & Co" });
      rapport.page("Account", "Welcome", { first: true });
      rapport.alias(userId, formerId);
      rapport.track("Ticket Opened");
      return rapport.user().anonymousId();
    },
    { userId, formerId, groupId, traits },
  );
  const contact = await expectContact(person, {
    identities: [["anonymous_id", anonymousId], ["user_id", userId]],
    tracks: { "Plan Compared": 1, "Order Completed": 2, "Ticket Opened": 1 },
    pages: 2,
    sessions: 1,
    calls: 9,
  });
  assert.ok(contact.identities.some(({ value }) => value === formerId), "alias adds the former id");
  assert.deepEqual(shop.failures, []);
});

test("tracker: single-page navigation is one page view per address, with the page before as referrer", async (t) => {
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  // A new address is counted before the page goes on; the same one has a moment in which to be counted, wrongly.
  const go = async (work, counted) => {
    await page.evaluate(work);
    await (counted ? shop.arrived(counted) : pause(120));
  };
  await go(() => {
    history.pushState({}, "", "/b");
    document.title = "Second";
  }, 2);
  await go(() => history.replaceState({ scroll: 7 }, "", "/b"));
  await go(() => (location.hash = "part"));
  await go(() => {
    history.pushState({}, "", "/redirecting");
    history.replaceState({}, "", "/c?step=1");
  }, 3);
  await go(() => history.back(), 4);
  const events = await shop.arrived(4);
  await shop.silence();
  assert.deepEqual(
    events.map(({ properties: { path, search, title } }) => [path + search, title]),
    [["/a", "Shop /a"], ["/b", "Second"], ["/c?step=1", "Second"], ["/b", "Second"]],
  );
  assert.deepEqual(
    events.map(({ context }) => context.page.referrer),
    ["", `${shop.site.url}/a`, `${shop.site.url}/b`, `${shop.site.url}/c?step=1`],
  );
});

test("tracker: data-hash counts hash routes, data-auto=off leaves page views to the page", async (t) => {
  const routed = await openShop(t, browser, "data-hash");
  const page = await routed.visit("/app#/one");
  await page.evaluate(() => (location.hash = "/two"));
  const urls = (await routed.arrived(2)).map(({ properties }) => properties.url);
  assert.deepEqual(urls, [`${routed.site.url}/app#/one`, `${routed.site.url}/app#/two`]);

  const manual = await openShop(t, browser, 'data-auto="off"');
  const quiet = await manual.visit("/app");
  await quiet.evaluate(() => history.pushState({}, "", "/app/2"));
  await manual.silence();
  await quiet.evaluate(() => rapport.page("Only this one"));
  assert.deepEqual((await manual.arrived(1)).map(({ name }) => name), ["Only this one"]);
});

test("tracker: a session lasts over pages until 30 minutes pass in silence", async (t) => {
  const shop = await openShop(t, browser);
  const page = await shop.visit("/a");
  await shop.visit("/b", page);
  await page.evaluate(() => {
    const [id, last] = sessionStorage["rapport.s"].split(",");
    sessionStorage["rapport.s"] = `${id},${last - 31 * 60_000}`;
    rapport.track("Came Back");
    rapport.track("Stayed");
  });
  const events = await shop.arrived(4);
  const [a, b, back, stayed] = events.map(({ context }) => context);
  assert.equal(a.sessionId, b.sessionId);
  assert.notEqual(b.sessionId, back.sessionId);
  assert.equal(back.sessionId, stayed.sessionId);
  assert.deepEqual([a, b, back, stayed].map(({ sessionStart }) => sessionStart), [true, undefined, true, undefined]);
});

test("tracker: the anonymous id stays over pages and changes with the person", async (t) => {
  const shop = await openShop(t, browser, 'data-auto="off"', '<script>rapport = [["setAnonymousId", "from-the-server"]]</script>');
  shop.site.pages["/later"] = shop.site.head.replace(/<script>.*?<\/script>/, "");
  let page = await shop.visit("/");
  assert.equal(await page.evaluate(() => rapport.user().anonymousId()), "from-the-server");
  await shop.visit("/later", page);
  const ids = await page.evaluate(() => {
    const seen = [rapport.user().anonymousId()];
    rapport.identify("first");
    seen.push(rapport.user().anonymousId());
    rapport.identify("second");
    seen.push(rapport.user().anonymousId(), rapport.user().id());
    rapport.reset();
    seen.push(rapport.user().anonymousId(), rapport.user().id());
    rapport.track("Looked Around");
    return seen;
  });
  const [before, first, second, secondUser, third, nobody] = ids;
  assert.equal(before, "from-the-server");
  assert.equal(first, before, "identify keeps the history");
  assert.notEqual(second, first, "another person does not inherit it");
  assert.equal(secondUser, "second");
  assert.notEqual(third, second);
  assert.equal(nobody ?? null, null);
  const events = await shop.arrived(3);
  assert.deepEqual(events.map(({ userId }) => userId ?? null), ["first", "second", null]);
  assert.deepEqual(events.map(({ anonymousId }) => anonymousId), [first, second, third]);
});

test("tracker: arguments may be left out as in analytics.js", async (t) => {
  const shop = await openShop(t, browser, 'data-auto="off"');
  const page = await shop.visit("/");
  const called = await page.evaluate(async () => {
    await rapport.identify({ plan: "free" });
    await rapport.identify(42, null, { context: { ip: "0.0.0.0" } });
    rapport.page("Home");
    rapport.page("Docs", "Start", { depth: 2 });
    rapport.page({ depth: 3 });
    rapport.track("At Noon", {}, { timestamp: "2026-01-01T12:00:00.000Z", messageId: "chosen-by-the-page" });
    const after = new Promise((done) => rapport.track("With Callback", done));
    await Promise.all([after, new Promise((done) => rapport.ready(done))]);
    return true;
  });
  assert.equal(called, true);
  const [traits, number, home, docs, bare, noon, last] = await shop.arrived(7);
  assert.deepEqual([traits.userId ?? null, traits.traits], [null, { plan: "free" }]);
  assert.deepEqual([String(number.userId), number.context.ip, number.context.library.name], ["42", "0.0.0.0", "rapport.js"]);
  assert.deepEqual([home.name, home.category ?? null], ["Home", null]);
  assert.deepEqual([docs.name, docs.category, docs.properties.depth, docs.properties.path], ["Start", "Docs", 2, "/"]);
  assert.deepEqual([bare.name ?? null, bare.properties.depth], [null, 3]);
  assert.deepEqual([noon.timestamp, noon.messageId], ["2026-01-01T12:00:00.000Z", "chosen-by-the-page"]);
  assert.equal(last.event, "With Callback");
});

test("tracker: no call throws into the page, whatever it is given and whatever the browser forbids", async (t) => {
  const shop = await openShop(t, browser);
  await shop.context.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { get: () => { throw new DOMException("denied", "SecurityError"); } });
  });
  const page = await shop.visit("/");
  await page.evaluate(() => {
    const circle = {};
    circle.circle = circle;
    rapport.track("Circle", circle);
    rapport.track("Big", { n: 10n });
    rapport.track("Trap", { get value() { throw new Error("trap"); } });
    rapport.identify(null, null);
    rapport.page(null, undefined, 7);
    rapport.push(["noSuchCall"], null, 5);
    rapport.consent();
    rapport.consent(true);
    rapport.track("Still Here");
  });
  await eventually(() => assert.ok(inShort(shop.gate.distinct()).includes("track Still Here")));
  assert.deepEqual(shop.failures, []);
});

test("tracker: loaded twice, it counts once; a tag written by a script and a page with id=rapport work too", async (t) => {
  const shop = await openShop(t, browser);
  shop.site.pages["/twice"] = shop.site.head.repeat(2);
  const src = `${shop.gate.url}/rapport.js`;
  shop.site.pages["/written"] = `<script>
    const tag = document.createElement("script");
    tag.src = "${src}";
    tag.dataset.key = "${writeKey}";
    document.head.append(tag);
  </script>`;
  shop.site.pages["/named"] = `</head><body><form id="rapport"><input name="a"></form>${shop.site.head}`;
  const page = await shop.visit("/twice");
  await shop.arrived(1);
  await shop.silence();
  await shop.visit("/written", page);
  await shop.arrived(2);
  await shop.visit("/named", page);
  const events = await shop.arrived(3);
  assert.deepEqual(events.map(({ properties }) => properties.path), ["/twice", "/written", "/named"]);
  assert.deepEqual(shop.failures, []);
});

test("tracker: a page prepared before it is shown counts when it is shown", async (t) => {
  const shop = await openShop(t, browser);
  await shop.context.addInitScript(() => Object.defineProperty(document, "prerendering", { value: true }));
  const page = await shop.context.newPage();
  await page.goto(`${shop.site.url}/a`);
  await pause(900);
  assert.equal(shop.gate.posts().length, 0);
  await page.evaluate(() => document.dispatchEvent(new Event("prerenderingchange", { bubbles: true })));
  assert.deepEqual(inShort(await shop.arrived(1)), ["page"]);
});

test("tracker: data-cookie-domain shares the anonymous id between sub-domains, and nothing else does", async (t) => {
  const shop = await openShop(t, browser, 'data-cookie-domain="shop.test"');
  const at = (host) => `http://${host}.shop.test:${shop.site.port}/`;
  const anonymousId = (page) => page.evaluate(() => rapport.user().anonymousId());
  const page = await shop.visit(at("www"));
  const www = await anonymousId(page);
  assert.ok((await stored(page)).includes(`rapport_id=${www}`));
  await shop.visit(at("app"), page);
  assert.equal(await anonymousId(page), www);
  await page.evaluate(() => rapport.consent(false));
  assert.ok(!(await stored(page)).join().includes("rapport_id"));

  const apart = await openShop(t, browser);
  const one = await apart.visit(`http://www.shop.test:${apart.site.port}/`);
  const first = await anonymousId(one);
  assert.equal(await one.evaluate(() => document.cookie), "");
  await apart.visit(`http://app.shop.test:${apart.site.port}/`, one);
  assert.notEqual(await anonymousId(one), first);
});
