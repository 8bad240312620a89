// Every page holds in both sizes and both colours: nothing sticks out, and nothing keeps anybody out.
import assert from "node:assert/strict";

import { button, createSource, desktop, isWellMade, phone, send, soon, story, unique, views } from "./support.mjs";

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

/** The rest, each in two views that have nothing in common. */
const further = [
  "/contacts/trash",
  "/companies/trash",
  "/settings/account",
  "/settings/account/second-factor",
  "/settings/keys",
  "/settings/people",
  "/settings/people/invite",
  "/settings/quarantine",
  "/settings/jobs",
  "/settings/audit",
  "/deals",
  "/deals?view=list",
  "/deals/new",
  "/tasks",
  "/tickets",
  "/tickets/new",
  "/campaigns",
  "/campaigns/new",
  "/settings/tags",
  "/settings/pipeline",
  "/settings/mailboxes",
  "/settings/topics",
  "/settings/suppressed",
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

/** An event that nobody understands, so that the settings' sidebar has a figure to show. */
async function setAside(page) {
  await send(await createSource(page, unique("Aside")), [{ type: "track", userId: unique("u") }]);
  const figure = page.getByRole("navigation", { name: "Settings" }).getByText(/\d due$/);
  await soon("the sidebar never counted the event", async () => {
    await page.goto("/settings/quarantine");
    return (await figure.count()) > 0;
  });
}

for (const view of [{ size: desktop, scheme: "light" }, { size: phone, scheme: "dark" }]) {
  const label = `${view.scheme} at ${view.size.width} px`;

  story(`a company's record and its form are well made, ${label}`, view, async (page) => {
    const name = unique("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft");
    await page.goto("/companies/new");
    await page.getByLabel(/^name/i).first().fill(name);
    await button(page, "Create company").click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await isWellMade(page, "company");
    await page.goto(`${new URL(page.url()).pathname}/edit`);
    await isWellMade(page, "company edit");
    await page.goto(`/contacts?q=${encodeURIComponent(`no ${name}`)}`);
    await isWellMade(page, "contacts none found, long");
  });

  story(`a source's page and its key are well made, ${label}`, view, async (page) => {
    await createSource(page, unique("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"));
    await isWellMade(page, "source key");
    await page.goto("/settings/sources");
    await page.locator('main a[href^="/settings/sources/"]').filter({ hasText: "Donau" }).first().click();
    await page.waitForURL(/\/settings\/sources\/\d+/);
    await isWellMade(page, "source");
  });

  story(`a quarantined event is well made, ${label}`, view, async (page) => {
    await setAside(page);
    await page.locator('main a[href^="/settings/quarantine/"]').first().click();
    await page.waitForURL(/\/settings\/quarantine\/\d+/);
    await isWellMade(page, "quarantined event");
  });

  for (const path of further) {
    story(`${path} is well made, ${label}`, view, async (page) => {
      const answer = await page.goto(path);
      assert.equal(answer.status(), 200);
      await isWellMade(page, path);
    });
  }
}
