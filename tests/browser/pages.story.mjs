// Every page holds in both sizes and both colours: nothing sticks out, and nothing keeps anybody out.
import assert from "node:assert/strict";

import { button, isWellMade, story, unique, views } from "./support.mjs";

const missing = "/no-such-page";
const paths = [
  "/",
  "/contacts",
  "/contacts/new",
  "/companies",
  "/companies/new",
  "/settings",
  "/settings/sources",
  "/settings/sources/new",
  missing,
];

for (const view of views) {
  const label = `${view.scheme} at ${view.size.width} px`;

  for (const path of paths) {
    story(`${path} is well made, ${label}`, view, async (page) => {
      const answer = await page.goto(path);
      assert.equal(answer.status(), path === missing ? 404 : 200);
      await isWellMade(page, path === "/" ? "home" : path);
    });
  }

  story(`a contact's record and its form are well made, ${label}`, view, async (page) => {
    const name = unique("María del Carmen Fernández-Villaverde y Ruiz de Alarcón");
    await page.goto("/contacts/new");
    await page.getByLabel(/^name/i).first().fill(name);
    await button(page, "Create contact").click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await isWellMade(page, "contact");
    await page.goto(`${new URL(page.url()).pathname}/edit`);
    await isWellMade(page, "contact edit");
  });
}
