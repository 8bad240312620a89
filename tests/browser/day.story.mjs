// One day of a small company: a visitor becomes a contact, a rep opens a deal, support answers a mail, marketing sends a
// campaign, the deal is won; and all of it stands on one timeline. Done in the browser by those whose work it is.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { base, button, createSource, isWellMade, openRecord, person, send, setting, soon, story, told, unique } from "./support.mjs";

const key = setting("RAPPORT_KEY");
const mails = setting("RAPPORT_MAILS");
const skip = key && mails ? false : "RAPPORT_KEY and RAPPORT_MAILS say how to speak with the instance's mail";

/** The newest mail to an address, as soon as it has left. */
async function mailTo(address, about) {
  let found;
  await soon(`no mail about “${about}” left for ${address}`, () => {
    const files = (existsSync(mails) ? readdirSync(mails) : []).filter((file) => file.endsWith(".eml")).sort().reverse();
    const texts = files.map((file) => unfolded(readFileSync(join(mails, file), "utf8")));
    found = texts.find((text) => text.includes(address) && decoded(text).includes(about));
    return found;
  });
  return found;
}

const unfolded = (text) => text.replace(/\r\n/g, "\n").replace(/\n[ \t]+/g, " ");
/** Quoted-printable, read. */
const decoded = (text) => text.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
const header = (mail, name) => new RegExp(`^${name}: (.*)$`, "im").exec(mail)?.[1];

/** Hands a mail in as a mail server does. */
async function arrives(headers, words) {
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const answer = await fetch(`${base}/api/v1/mail-in`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "message/rfc822" },
    body: `${head.join("")}\r\n${words}\r\n`,
  });
  assert.equal(answer.status, 202, await answer.text());
}

/** Waits until a page says something, loading it anew; mail and sending are done behind the request. */
async function says(page, path, words) {
  const seen = page.getByRole("main").getByText(words).filter({ visible: true }).first();
  await soon(`${path} never said ${words}`, async () => {
    await page.goto(path);
    return (await seen.count()) > 0;
  });
  return seen;
}

story("a visitor becomes a customer, and one timeline tells how", { skip }, async (page) => {
  const name = unique("Ingrid Sæther");
  const ingrid = person(name);
  const subject = unique("Two sites first?");
  const title = unique("Four buoys");
  const news = unique("Spring prices");

  // She reads the price list three times, then signs up.
  const website = await createSource(page, unique("Website"));
  await send(website, [ingrid.view, ingrid.view, ingrid.view]);
  await send(website, [ingrid.identify]);
  await openRecord(page, ingrid, name);
  await told(page, "/pricing");
  const record = new URL(page.url()).pathname;
  await isWellMade(page, "day 1 contact");

  // A rep sees it and opens a deal.
  await page.goto(`/deals/new?contact=${record.split("/").pop()}`);
  await page.getByLabel(/^title/i).fill(title);
  await page.getByLabel(/^amount/i).fill("184,500");
  await button(page, /^create deal$/i).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
  const deal = new URL(page.url()).pathname;
  await isWellMade(page, "day 2 deal");
  await page.goto("/deals");
  await page.getByRole("link", { name: title }).waitFor();
  await isWellMade(page, "day 2 board");

  // She writes to support, and gets an answer.
  const address = `${unique("help").replace(" ", "-")}@tidewater.example`;
  await page.goto("/settings/mailboxes/new");
  await page.getByLabel(/^address/i).fill(address);
  await page.getByLabel(/^name/i).fill(unique("Support"));
  await button(page, /^save mailbox$/i).click();
  await page.getByText(address).first().waitFor();
  const first = `<${ingrid.email.split("@")[0]}@visitors.example>`;
  const from = { From: `"${name.replace("æ", "ae")}" <${ingrid.email}>`, To: address, Subject: subject };
  await arrives({ ...from, "Message-ID": first }, "Can we begin with two sites and add the others in August?");
  await (await says(page, "/tickets?who=all", subject)).click();
  await page.getByLabel("Your words").fill("You can. I have put both into the quote.");
  await button(page, /^send/i).click();
  const ticket = new URL(page.url()).pathname;
  const answer = await mailTo(ingrid.email, "both into the quote");
  assert.ok(header(answer, "In-Reply-To")?.includes(first), "the answer belongs to her mail");
  const thread = { "In-Reply-To": header(answer, "Message-ID"), References: `${first} ${header(answer, "Message-ID")}` };
  await arrives({ ...from, ...thread, Subject: `Re: ${subject}`, "Message-ID": `<2-${first.slice(1)}` }, "Perfect, then we sign.");
  await says(page, ticket, "Perfect, then we sign.");
  await isWellMade(page, "day 3 ticket");

  // Marketing writes to those who read about prices; she allowed it.
  await page.goto("/settings/topics/new");
  const topic = unique("Product news");
  await page.getByLabel(/^name/i).fill(topic);
  await button(page, /^save topic$/i).click();
  await page.goto(`${record}/consents`);
  await isWellMade(page, "day 4 consents");
  await page.getByLabel("Topic").selectOption({ label: topic });
  await page.getByLabel(/how do you know/i).fill("Asked for it on the phone");
  await button(page, /^they allow it$/i).click();
  await page.goto("/contacts?did=%2Fpricing&times=3&days=7");
  await isWellMade(page, "day 4 filter");
  await page.getByRole("link", { name: "Save this view" }).click();
  const filter = unique("Read about prices");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(filter);
  await button(page, /^save/i).click();
  await page.goto("/campaigns/new");
  await page.getByLabel(/^name/i).fill(news);
  await button(page, /^write it$/i).click();
  await page.getByLabel(/^address/i).fill("news@tidewater.example");
  await page.getByLabel(/^subject/i).fill(news);
  const body = '<html><body><p>Hello {{ contact.first_name | fallback("there") }}</p><p><a href="https://tidewater.example/spring">Spring prices</a></p><p><a href="{{ unsubscribe_url }}">Leave</a></p></body></html>';
  await page.getByLabel(/^written in/i).selectOption({ label: "HTML" });
  await page.getByLabel(/^body/i).fill(body);
  await button(page, /^save$/i).click();
  await isWellMade(page, "day 5 content");
  const campaign = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
  await page.goto(`${campaign}/audience`);
  await page.getByLabel(/saved filter/i).selectOption({ label: filter });
  await page.getByLabel(/topic/i).selectOption({ label: topic });
  await button(page, /^save and count$/i).click();
  await page.getByText(/will be sent/i).first().waitFor();
  await isWellMade(page, "day 5 audience");
  await page.goto(`${campaign}/review`);
  await isWellMade(page, "day 5 review");
  await button(page, /^send to 1 now$/i).click();
  const letter = decoded(await mailTo(ingrid.email, news));
  const link = /href="([^"]*\/c\/[^"]*|[^"]*\/click[^"]*|http[^"]*)"[^>]*>\s*Spring prices/.exec(letter)?.[1].replaceAll("&amp;", "&");
  assert.ok(link, "the letter has its link");
  assert.match(header(letter, "List-Unsubscribe-Post") ?? "", /One-Click/);
  const seen = page.getByRole("main").getByText("clicked").filter({ visible: true });
  await soon(`${record} never said clicked`, async () => {
    // Whoever follows a link within a second of the mail's delivery is taken for a machine; people try again.
    const followed = await fetch(new URL(new URL(link).pathname + new URL(link).search, base), { redirect: "manual" });
    assert.equal(followed.headers.get("location"), "https://tidewater.example/spring");
    await page.goto(record);
    return (await seen.count()) > 0;
  });
  await says(page, campaign, "1 person");
  await isWellMade(page, "day 6 results");

  // The deal is won.
  await page.goto(deal);
  await button(page, /^won$/i).click();
  await page.getByText(/^won/i).first().waitFor();
  await says(page, record, /^deal .* won/i);
  const timeline = page.getByRole("region", { name: "Timeline" });
  for (const words of ["/pricing", `${title} created`, subject, "Perfect, then we sign.", news, "clicked", `${title} won`]) {
    assert.ok((await timeline.innerText()).includes(words), `the timeline tells of ${words}`);
  }
  await isWellMade(page, "day 7 contact");
  await page.goto("/");
  await isWellMade(page, "day 7 home");
});
