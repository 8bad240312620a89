// The first visit to an empty instance makes its first administrator, with the token that only its operator can read.
import assert from "node:assert/strict";

import { button, isWellMade, not, phone, press, setting, signIn, story } from "./support.mjs";

const url = setting("RAPPORT_TEST_SETUP_URL");
const token = setting("RAPPORT_SETUP_TOKEN");
const grace = { email: "grace@rapport.example", password: "correct horse battery staple" };
const empty = { url, as: "nobody", skip: !url || !token };

async function fill(page, given) {
  await page.getByLabel(/set-?up token/i).fill(given);
  await page.getByLabel(/^(your )?name/i).fill("Grace Hopper");
  await page.getByLabel(/^e-?mail/i).fill(grace.email);
  await page.getByLabel(/^password/i).fill(grace.password);
  await button(page, /create|set up|continue/i).click();
}

story("an empty instance sends every visitor to its set-up", empty, async (page) => {
  await page.goto("/contacts");
  assert.equal(new URL(page.url()).pathname, "/setup");
  await isWellMade(page, "setup");
});

story("set-up fits a phone", { ...empty, size: phone }, async (page) => {
  await page.goto("/setup");
  await isWellMade(page, "setup");
});

story("a wrong token makes nobody an administrator", empty, async (page) => {
  await page.goto("/setup");
  await fill(page, "not-the-token");
  await page.getByText(/token/i).first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/setup");
  assert.equal(await page.getByLabel(/^e-?mail/i).inputValue(), grace.email, "what was typed stays");
});

story("the token makes the first administrator, once", empty, async (page) => {
  await page.goto("/setup");
  await fill(page, token);
  const next = page.getByRole("button", { name: /start empty/i }).or(page.getByRole("link", { name: /start empty/i }));
  const main = page.getByRole("navigation", { name: "Main" });
  await next.or(main).first().waitFor();
  if (await next.count()) {
    await isWellMade(page, "setup start");
    await press(page, /start empty/i);
  }
  await main.first().waitFor();
  await isWellMade(page, "home empty");

  await page.context().clearCookies();
  await page.goto("/setup");
  assert.equal(await page.getByLabel(/set-?up token/i).count(), 0, "set-up is closed");
  await page.goto("/sign-in");
  await signIn(page, grace);
  await page.waitForURL(not("/sign-in"));
});
