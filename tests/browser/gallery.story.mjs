// The gallery of debug builds shows every part in every state; what holds there holds wherever the parts are used.
import assert from "node:assert/strict";

import { isWellMade, story, views } from "./support.mjs";

for (const view of views) {
  story(`every part is well made, ${view.scheme} at ${view.size.width} px`, view, async (page) => {
    const answer = await page.goto("/_ui");
    assert.equal(answer.status(), 200);
    await isWellMade(page, "gallery");
  });
}
