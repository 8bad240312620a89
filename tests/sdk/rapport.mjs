// The running Rapport under test, seen through its API, and the people the tests invent.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";

const wanted = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; start these tests through tests/sdk/run.sh`);
  return value;
};

export const url = wanted("RAPPORT_URL").replace(/\/+$/, "");
export const writeKey = wanted("RAPPORT_KEY");
const apiKey = wanted("RAPPORT_API_KEY");

// The SDKs are installed outside the checkout, so they are resolved from there.
export const installed = createRequire(`${wanted("RAPPORT_TEST_NODE")}/`);

/** A person nobody has met before. */
export function newPerson() {
  const tag = randomBytes(5).toString("hex");
  return {
    userId: `user-${tag}`,
    formerId: `former-${tag}`,
    anonymousId: `anonymous-${tag}`,
    groupId: `group-${tag}`,
    email: `ada.${tag}@example.com`,
    traits: { email: `ada.${tag}@example.com`, name: "Ada Łoś", plan: "pro" },
  };
}

/** The contact with this address, or undefined. */
export async function contact(email) {
  const answer = await fetch(`${url}/api/v1/contacts?email=${encodeURIComponent(email)}`, {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  assert.equal(answer.status, 200, `the API answered ${answer.status}: ${await answer.clone().text()}`);
  const { contacts } = await answer.json();
  assert.ok(contacts.length < 2, `${contacts.length} contacts share ${email}`);
  return contacts[0];
}

/** Repeats `look` until it stops throwing; after a minute, which only a busy machine takes, its last complaint stands. */
export async function eventually(look) {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      return await look();
    } catch (complaint) {
      if (Date.now() > end) throw complaint;
      await pause(100);
    }
  }
}

/**
 * Waits until the contact shows exactly this, then looks again a moment later,
 * so that neither a lost event nor one counted twice goes unnoticed.
 * `tracks` maps event names to counts; `calls` is how many calls of any kind were made.
 */
export async function expectContact(person, { identities, tracks = {}, pages = 0, sessions, calls }) {
  const look = async () => {
    const found = await contact(person.email);
    assert.ok(found, `no contact with ${person.email} yet`);
    for (const [namespace, value] of identities) {
      const there = found.identities.filter((each) => each.value === value).map((each) => each.namespace);
      assert.ok(there.includes(namespace), `identity ${namespace} ${value} is missing (found as: ${there})`);
    }
    const email = found.identities.find((each) => each.namespace === "email");
    assert.equal(email?.value, person.email, "the address is an identity");
    assert.equal(found.is_known, true);
    for (const { key, source, at } of found.traits) {
      assert.ok(typeof source === "string" && source, `trait ${key} names its source`);
      assert.ok(Date.parse(at) > 0, `trait ${key} has a time, not ${at}`);
    }
    const seen = [found.first_seen_at, found.last_seen_at].map(Date.parse);
    assert.ok(seen[0] <= seen[1] && Math.abs(Date.now() - seen[1]) < 300_000, `seen from ${seen[0]} to ${seen[1]}`);
    const traits = Object.fromEntries(found.traits.map((trait) => [trait.key, trait.value]));
    assert.equal(traits.plan, person.traits.plan);
    assert.equal(found.name, person.traits.name);
    const { counters } = found;
    const counted = Object.fromEntries(Object.keys(tracks).map((name) => [name, counters.by_name[name] ?? 0]));
    assert.deepEqual(counted, tracks, "each tracked event arrives once");
    assert.equal(counters.page_views, pages, "each page view arrives once");
    if (sessions) assert.equal(counters.sessions, sessions);
    const least = pages + Object.values(tracks).reduce((sum, n) => sum + n, 0);
    assert.ok(counters.events >= least && counters.events <= calls, `${counters.events} events of ${calls} calls`);
    return found;
  };
  await eventually(look);
  await pause(700);
  return look();
}

export { pause };
