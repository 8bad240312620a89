// Segment's and RudderStack's server SDKs for Node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGate } from "./gate.mjs";
import { expectContact, installed, newPerson, url, writeKey } from "./rapport.mjs";

const sdks = {
  "@segment/analytics-node": (host) => {
    const { Analytics } = installed("@segment/analytics-node");
    const analytics = new Analytics({ writeKey, host, flushInterval: 200 });
    return { analytics, done: () => analytics.closeAndFlush() };
  },
  "@rudderstack/rudder-sdk-node": (host) => {
    const Analytics = installed("@rudderstack/rudder-sdk-node");
    const analytics = new Analytics(writeKey, { dataPlaneUrl: host, flushInterval: 200, logLevel: "silent" });
    return { analytics, done: () => flushed(analytics) };
  },
};

// Rudder's flush takes one batch at a time and does not wait for the one under way.
async function flushed(analytics) {
  while (analytics.queue.length > 0 || analytics.state === "running") {
    await analytics.flush().catch(() => {});
    await new Promise((later) => setTimeout(later, 50));
  }
}

// Seven calls: a visitor who looks around, signs up, buys twice and gets another user id.
function story(analytics, person) {
  const { anonymousId, formerId, userId, groupId, traits } = person;
  analytics.page({ anonymousId, name: "Pricing", properties: { url: "https://shop.example/pricing" } });
  analytics.identify({ anonymousId, userId: formerId, traits });
  analytics.track({ userId: formerId, event: "Order Completed", properties: { total: 30.5, "dotted.key": null } });
  analytics.group({ userId: formerId, groupId, traits: { name: "Łoś & Co" } });
  analytics.alias({ previousId: formerId, userId });
  analytics.track({ userId, event: "Order Completed", properties: { note: "\u0001 \u2028 😀" } });
  analytics.track({ userId, event: "Ticket Opened" });
}

const expected = ({ anonymousId, userId }) => ({
  identities: [["anonymous_id", anonymousId], ["user_id", userId]],
  tracks: { "Order Completed": 2, "Ticket Opened": 1 },
  pages: 1,
  calls: 7,
});

for (const [name, open] of Object.entries(sdks)) {
  test(`${name}: what one person does is on one contact, once`, async () => {
    const person = newPerson();
    const { analytics, done } = open(url);
    story(analytics, person);
    await done();
    const contact = await expectContact(person, expected(person));
    assert.ok(contact.identities.some(({ value }) => value === person.formerId), "alias keeps the former id");
  });

  test(`${name}: a request whose answer is lost is sent again and counted once`, async (t) => {
    const gate = await openGate();
    t.after(gate.close);
    gate.faults = [{ status: 503, deliver: true }, { status: 503, deliver: true }];
    const person = newPerson();
    const { analytics, done } = open(gate.url);
    story(analytics, person);
    await done();
    await expectContact(person, expected(person));
    const ids = gate.events().map((event) => event.messageId);
    assert.equal(new Set(ids).size, 7);
    assert.ok(ids.length > 7, "the SDK did send events again");
  });

  test(`${name}: while Rapport is busy (429) or away (503), events wait`, async (t) => {
    const gate = await openGate();
    t.after(gate.close);
    gate.faults = [{ status: 429, headers: { "Retry-After": "1" } }, { status: 503 }];
    const person = newPerson();
    const { analytics, done } = open(gate.url);
    story(analytics, person);
    await done();
    await expectContact(person, expected(person));
  });
}
