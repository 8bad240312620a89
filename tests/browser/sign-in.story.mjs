// Who may come in, and where they land.
import assert from "node:assert/strict";

import { button, isWellMade, signIn, story, views } from "./support.mjs";

for (const view of views) {
  story(`sign-in is well made, ${view.scheme} at ${view.size.width} px`, { ...view, as: "nobody" }, async (page) => {
    await page.goto("/sign-in");
    await isWellMade(page, "sign in");
  });
}

for (const script of [true, false]) {
  const how = script ? "with script" : "without script";

  story(`a wrong password is refused and the address stays, ${how}`, { as: "nobody", script }, async (page) => {
    await page.goto("/sign-in");
    await page.getByLabel(/^e-?mail/i).fill("nobody@rapport.example");
    await page.getByLabel(/^password/i).fill("wrong");
    await button(page, /^sign in$/i).click();
    await page.getByRole("alert").first().waitFor();
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    assert.equal(await page.getByLabel(/^e-?mail/i).inputValue(), "nobody@rapport.example");
    assert.equal(await page.getByLabel(/^password/i).inputValue(), "");
  });

  story(`sign-in leads to where one wanted to go, ${how}`, { as: "nobody", script }, async (page) => {
    await page.goto("/contacts");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await signIn(page);
    assert.equal(new URL(page.url()).pathname, "/contacts");
  });
}
