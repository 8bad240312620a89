// Making, finding, changing and losing a contact; each story runs with script and without.
import assert from "node:assert/strict";

import { button, isWellMade, phone, press, story, unique } from "./support.mjs";

async function create(page, name, email) {
  await page.goto("/contacts");
  await press(page, /^new contact/i);
  await page.waitForURL("**/contacts/new");
  await page.getByLabel(/^name/i).first().fill(name);
  await page.getByLabel(/^e-?mail/i).first().fill(email);
  await button(page, "Create contact").click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  assert.match(new URL(page.url()).pathname, /^\/contacts\/\d+$/);
}

async function search(page, words) {
  await page.goto("/contacts");
  const field = page.getByRole("main").getByRole("searchbox").first();
  await field.fill(words);
  await field.press("Enter");
}

function row(page, name) {
  return page.getByRole("main").getByRole("link", { name, exact: true });
}

function nobody(page) {
  return page.getByRole("main").getByRole("heading", { name: /^nobody fits/i });
}

for (const how of [{ script: true }, { script: false }, { script: true, size: phone }]) {
  const label = `${how.script ? "with" : "without"} script${how.size ? " on a phone" : ""}`;

  story(`a contact is made, found by name and by address, and changed, ${label}`, how, async (page) => {
    const name = unique("Ingrid Sæther");
    const email = `${unique("ingrid").replace(" ", ".")}@fjord.example`;
    await create(page, name, email);
    await page.getByText(email).first().waitFor();
    for (const words of [name, email]) {
      await search(page, words);
      await row(page, name).waitFor();
    }

    await row(page, name).click();
    const record = new URL(page.url()).pathname;
    await page.goto(`${record}/edit`);
    assert.equal(await page.getByLabel(/^name/i).first().inputValue(), name);
    await page.getByLabel(/^name/i).first().fill(`${name} Løvås`);
    await page.getByLabel(/^job title/i).first().fill("Harbour pilot");
    await button(page, /save/i).click();
    await page.getByRole("heading", { level: 1, name: `${name} Løvås` }).waitFor();
    assert.equal(new URL(page.url()).pathname, record);
    await page.getByText("Harbour pilot").first().waitFor();
    await page.getByText(email).first().waitFor();
  });

  story(`a mistake in a form is said beside the field and nothing typed is lost, ${label}`, how, async (page) => {
    await page.goto("/contacts/new");
    await page.getByLabel(/^name/i).first().fill("Håkon Brekke");
    // An address that browsers let through, and that no mail system takes.
    await page.getByLabel(/^e-?mail/i).first().fill("hakon..brekke@fjord.example");
    await button(page, "Create contact").click();
    await page.locator("[aria-invalid=true]").first().waitFor();
    const says = await page.getByLabel(/^e-?mail/i).first().getAttribute("aria-describedby");
    assert.ok(says, "the message belongs to the field");
    assert.equal(await page.getByLabel(/^name/i).first().inputValue(), "Håkon Brekke");
  });

  story(`a deleted contact comes back by Undo, ${label}`, how, async (page) => {
    const name = unique("Astrid Undo");
    await create(page, name, `${unique("astrid").replace(" ", ".")}@fjord.example`);
    await press(page, /^delete/i);
    const undo = page.getByRole("status").getByRole("button", { name: "Undo" });
    const sure = page.getByRole("dialog").getByRole("button", { name: /^delete/i });
    await undo.or(sure).first().waitFor();
    if (await sure.count()) await sure.click();
    await undo.waitFor();
    const meanwhile = await page.context().newPage();
    await search(meanwhile, name);
    await nobody(meanwhile).waitFor();
    assert.equal(await row(meanwhile, name).count(), 0, "it is gone from the list");

    await undo.click();
    await page.getByText(/restored|undone|back/i).or(page.getByRole("heading", { level: 1, name })).first().waitFor();
    await search(page, name);
    await row(page, name).waitFor();
  });
}

story("Enter makes the contact and opens it, and another can follow at once", {}, async (page) => {
  const names = [unique("Enter Once"), unique("Enter Twice")];
  await page.goto("/contacts/new");
  await page.getByLabel(/^name/i).first().fill(names[0]);
  await button(page, "Create and add another").click();
  await page.getByRole("status").filter({ hasText: "created" }).waitFor();
  assert.equal(new URL(page.url()).pathname, "/contacts/new");
  const field = page.getByLabel(/^name/i).first();
  assert.equal(await field.inputValue(), "", "the form is empty again");
  await field.fill(names[1]);
  await field.press("Enter");
  await page.getByRole("heading", { level: 1, name: names[1] }).waitFor();
  await search(page, names[0]);
  await row(page, names[0]).waitFor();
});

story("a search that finds nobody says what to do", {}, async (page) => {
  await search(page, unique("nobody at all"));
  await nobody(page).waitFor();
  await page.getByRole("main").getByText("Drop one").waitFor();
  await isWellMade(page, "contacts none found");
});

story("a row is looked at beside the list and walked from, and its cells are edited where they stand", { script: true }, async (page) => {
  const names = [unique("Ymir Peek"), unique("Zita Peek")];
  for (const name of names) await create(page, name, `${name.toLowerCase().replaceAll(" ", ".")}@peek.example`);
  await page.goto("/contacts?cols=stage.city.owner");
  const line = (name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
  const beside = page.getByRole("complementary", { name: "The record beside the list" });

  await row(page, names[1]).focus();
  await page.keyboard.press(" ");
  await beside.getByRole("heading", { level: 1, name: names[1] }).waitFor();
  await page.waitForURL("**peek=*");
  await page.keyboard.press("j");
  await beside.getByRole("heading", { level: 1, name: names[0] }).waitFor();
  await page.reload();
  await beside.getByRole("heading", { level: 1, name: names[0] }).waitFor();
  await row(page, names[0]).focus();
  await page.keyboard.press("Escape");
  await beside.waitFor({ state: "detached" });
  assert.ok(!page.url().includes("peek="));

  const city = line(names[0]).getByRole("cell").nth(2);
  await city.dblclick();
  await page.getByRole("textbox", { name: "City" }).fill("Tromsø");
  await page.keyboard.press("Enter");
  await line(names[0]).getByText("Tromsø", { exact: true }).waitFor();
  await row(page, names[0]).focus();
  await page.keyboard.press("e");
  await page.getByRole("combobox", { name: "Stage" }).selectOption({ label: "Customer" });
  await page.keyboard.press("Tab");
  await line(names[0]).getByText("Customer", { exact: true }).waitFor();
  await page.getByRole("textbox", { name: "City" }).fill("Bodø");
  await page.keyboard.press("Escape");
  await line(names[0]).getByText("Tromsø", { exact: true }).waitFor();
  await isWellMade(page, "contacts-cells");
});
