// Segment's and RudderStack's server SDKs for Python, each in a process of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openGate } from "./gate.mjs";
import { newPerson, writeKey } from "./rapport.mjs";
import { testStory } from "./story.mjs";

const script = fileURLToPath(new URL("calls.py", import.meta.url));

/** Tells the person's story; the answer is how many events the SDK gave up. */
async function givenUp(sdk, host, key, person) {
  const child = spawn(process.env.RAPPORT_TEST_PYTHON, [script, sdk, host, key], { timeout: 60_000 });
  child.stdin.end(JSON.stringify(person));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  assert.match(out, /^\d+\n$/, err);
  return Number(out);
}

for (const sdk of ["segment", "rudder"]) {
  const name = { segment: "segment-analytics-python", rudder: "rudder-sdk-python" }[sdk];
  testStory(name, async (host, person) => assert.equal(await givenUp(sdk, host, writeKey, person), 0));

  test(`${name}: a wrong write key is told once, and the SDK gives up`, async (t) => {
    const gate = await openGate();
    t.after(gate.close);
    // Without code and message in the answer, Rudder's SDK would take it for a passing fault and repeat.
    assert.equal(await givenUp(sdk, gate.url, "no-such-key", newPerson()), 7);
    const statuses = gate.posts().map((post) => post.status);
    assert.ok(statuses.length <= 2 && statuses.every((status) => status === 401), `answers: ${statuses}`);
  });
}
