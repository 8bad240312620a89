// One person's story, told through every server SDK, and what Rapport has to know afterwards.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openGate } from "./gate.mjs";
import { expectContact, newPerson, url } from "./rapport.mjs";

/** Seven calls: a visitor looks around, signs up, buys twice and is given another user id. */
export function tell(analytics, person) {
  const { anonymousId, formerId, userId, groupId, traits } = person;
  analytics.page({ anonymousId, name: "Pricing", properties: { url: "https://shop.example/pricing" } });
  analytics.identify({ anonymousId, userId: formerId, traits });
  analytics.track({ userId: formerId, event: "Order Completed", properties: { total: 30.5, "": null } });
  analytics.group({ userId: formerId, groupId, traits: { name: "Łoś & Co" } });
  analytics.alias({ previousId: formerId, userId });
  analytics.track({ userId, event: "Order Completed", properties: { note: "\u0001 \u2028 😀" } });
  analytics.track({ userId, event: "Ticket Opened" });
}

const told = ({ anonymousId, userId }) => ({
  identities: [["anonymous_id", anonymousId], ["user_id", userId]],
  tracks: { "Order Completed": 2, "Ticket Opened": 1 },
  pages: 1,
  calls: 7,
});

// What the first event requests meet.
const troubles = {
  "an answer lost on the way back is repeated and counted once": [
    { status: 503, deliver: true },
    { status: 503, deliver: true },
  ],
  "events wait while Rapport is busy (429) or away (503)": [
    { status: 429, headers: { "Retry-After": "1" } },
    { status: 503 },
  ],
};

/** The tests of one server SDK; `run(host, person)` tells the story through it and waits until it is sent. */
export function testStory(name, run) {
  test(`${name}: what one person does is on one contact, once`, async () => {
    const person = newPerson();
    await run(url, person);
    const contact = await expectContact(person, told(person));
    assert.ok(contact.identities.some(({ value }) => value === person.formerId), "alias keeps the former id");
  });

  for (const [trouble, faults] of Object.entries(troubles))
    test(`${name}: ${trouble}`, async (t) => {
      const gate = await openGate();
      t.after(gate.close);
      gate.faults = [...faults];
      const person = newPerson();
      await run(gate.url, person);
      await expectContact(person, told(person));
      assert.equal(gate.faults.length, 0);
      const ids = gate.events().map((event) => event.messageId);
      assert.equal(new Set(ids).size, 7);
      assert.ok(ids.length > 7, "the SDK did send events again");
    });
}
