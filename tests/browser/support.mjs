// What every story needs: a browser, a page in the wanted size, colours and script, somebody signed in,
// pictures, and the checks that hold for every page.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { accessSync, constants, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";

// Packages live in the test cache, never in the repository.
const packages = createRequire(join(process.env.RAPPORT_TEST_PACKAGES, "package.json"));
const { chromium } = packages("playwright-core");
const axe = readFileSync(packages.resolve("axe-core/axe.min.js"), "utf8");

export const desktop = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };
/** Every page has to hold in all of these. */
export const views = [
  { size: desktop, scheme: "light" },
  { size: desktop, scheme: "dark" },
  { size: phone, scheme: "light" },
  { size: phone, scheme: "dark" },
];

/** A setting from the environment; a lane that promises it fails without it, a person's own run skips. */
export function setting(name) {
  const value = process.env[name];
  if (!value && process.env.RAPPORT_TEST_STRICT) throw new Error(`${name} is not set`);
  return value;
}

export const base = setting("RAPPORT_URL") ?? "http://127.0.0.1:8080";
const email = setting("RAPPORT_EMAIL");
const password = setting("RAPPORT_PASSWORD");

/** How long something may take on a machine that has other things to do; what is there is never waited for. */
const patience = 30_000;

let browser;
let session;
after(() => browser?.close());

/**
 * One behaviour, in a page of its own. Options: `size`, `scheme`, `script` (false turns it off), `url` (another
 * instance), `as` ("nobody" stays signed out), `skip`. A failed story leaves a picture of its last moment.
 */
export function story(name, options, body) {
  test(name, { timeout: 300_000, skip: options.skip ?? false }, async () => {
    const page = await open(options);
    try {
      if (options.as !== "nobody") await beSignedIn(page);
      await body(page);
      assert.deepEqual(page.problems, [], "the browser complained");
    } catch (error) {
      await shot(page, `failed ${name}`).catch(() => {});
      throw error;
    } finally {
      await page.context().close();
    }
  });
}

async function open({ size = desktop, scheme = "light", script = true, url = base }) {
  browser ??= await chromium.launch({ executablePath: executable(), args: flags() });
  const context = await browser.newContext({
    baseURL: url,
    viewport: size,
    colorScheme: scheme,
    javaScriptEnabled: script,
    hasTouch: size.width < 500,
    isMobile: size.width < 500,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "UTC",
  });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.problems = [];
  page.name = `${scheme}-${size.width}${script ? "" : "-plain"}`;
  page.on("pageerror", (error) => page.problems.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) page.problems.push(message.text());
  });
  page.on("response", (response) => {
    const isPart = !response.request().isNavigationRequest() && response.url().startsWith(url);
    if (isPart && response.status() >= 400) page.problems.push(`${response.status()} ${response.url()}`);
  });
  return page;
}

function executable() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const places = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => names.map((name) => join(dir, name)));
  const found = [process.env.CHROMIUM, ...places].find((file) => file && isRunnable(file));
  if (!found) throw new Error("no Chromium on this machine; CHROMIUM can name one");
  return found;
}

function isRunnable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function flags() {
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  const still = ["--disable-component-update", "--disable-sync", "--no-proxy-server"];
  // The sandbox starts neither for root nor in most containers, whose shared memory may be too small for a page; all
  // pages are our own.
  return [...quiet, ...still, "--no-sandbox", "--disable-dev-shm-usage"];
}

/** Signs in once a file; later stories of the file take the session over. */
async function beSignedIn(page) {
  if (session) {
    await page.context().addCookies(session);
    return;
  }
  await signIn(page);
  session = await page.context().cookies();
}

export async function signIn(page, as = { email, password }) {
  if (!page.url().includes("/sign-in")) await page.goto("/sign-in");
  await page.getByLabel(/^e-?mail/i).fill(as.email);
  await page.getByLabel(/^password/i).fill(as.password);
  await Promise.all([page.waitForURL(not("/sign-in")), button(page, /^sign in$/i).click()]);
}

/** For `waitForURL`: anywhere but there. */
export function not(path) {
  return (url) => url.pathname !== path;
}

export function button(page, name) {
  return page.getByRole("button", { name }).filter({ visible: true }).first();
}

/** A link or a button, wherever the page shows it in this size; opens the record's menu if it hides there. */
export async function press(page, name) {
  const act = page.getByRole("link", { name }).or(page.getByRole("button", { name })).filter({ visible: true }).first();
  if ((await act.count()) === 0) {
    await page.locator("summary, button").filter({ hasText: /more/i }).or(page.getByLabel(/^more actions/i)).first().click();
  }
  await act.click();
}

/** Picks `value` in the field `label`, be it a select, a group of radio buttons or a plain input. */
export async function choose(page, label, value) {
  const radio = page.getByRole("radio", { name: value });
  if (await radio.count()) return radio.first().check();
  const option = await page.getByLabel(label).locator("option").filter({ hasText: value }).first().textContent();
  return page.getByLabel(label).selectOption({ label: option.trim() });
}

/** Keeps a picture, if pictures are wanted. */
export async function shot(page, name) {
  if (!process.env.RAPPORT_SHOTS) return;
  const file = `${name}-${page.name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  await page.screenshot({ path: join(process.env.RAPPORT_SHOTS, `${file}.png`), fullPage: true });
}

/** Fails with every rule of WCAG 2.2 AA, or of good practice, that the page breaks and where. */
export async function isAccessible(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}\n    at ${target.join(" ")}\n    ${failureSummary}`),
    );
  });
  if (found.length > 0) assert.fail(`${page.url()} (${page.name})\n  ${found.join("\n  ")}`);
}

/** Fails if the page can be pushed sideways, and names what sticks out. */
export async function fitsTheWidth(page) {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.scrollingElement.scrollWidth <= width) return [];
    const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > width + 1);
    return [`${document.scrollingElement.scrollWidth} px wide`, ...out.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))];
  });
  assert.deepEqual(wide, [], `${page.url()} scrolls sideways at ${page.viewportSize().width} px`);
}

/** All that holds for every page, with a picture of it. */
export async function isWellMade(page, name) {
  await shot(page, name);
  await fitsTheWidth(page);
  await isAccessible(page);
}

/** Makes a website's source; its write key. */
export async function createSource(page, name) {
  await page.goto("/settings/sources/new");
  await page.getByLabel(/^name/i).fill(name);
  await choose(page, /kind/i, /web/i);
  await button(page, /create|add|save/i).click();
  const key = page.getByLabel(/^write key/i).first();
  await key.waitFor();
  return (await key.inputValue().catch(() => key.textContent())).trim();
}

/** Somebody who visits a website: their address, and what an SDK would say of them. */
export function person(name) {
  const id = randomUUID();
  const email = `${id}@visitors.example`;
  const context = { page: { path: "/pricing", title: "Pricing", url: "https://shop.example/pricing" } };
  const identify = { type: "identify", userId: id, anonymousId: `a-${id}`, traits: { name, email } };
  const view = { type: "page", anonymousId: `a-${id}`, properties: context.page, context };
  const track = (event) => ({ type: "track", userId: id, anonymousId: `a-${id}`, event, context });
  return { email, identify, view, track };
}

/** Sends events as an SDK would; fails unless they were taken for good. */
export async function send(writeKey, events) {
  const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString("base64")}`;
  const sentAt = new Date().toISOString();
  const batch = events.map((event) => ({ messageId: randomUUID(), timestamp: sentAt, ...event }));
  const answer = await fetch(`${base}/v1/batch`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ batch, sentAt }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** A word no other story uses. */
export function unique(word) {
  return `${word} ${randomUUID().slice(0, 8)}`;
}

/** The record of that address, as soon as the worker has made it. */
export async function openRecord(page, { email }, name) {
  const link = page.getByRole("main").getByRole("link", { name });
  await soon(`${email} never appeared among the contacts`, async () => {
    await page.goto(`/contacts?q=${encodeURIComponent(email)}`);
    return (await link.count()) > 0;
  });
  await link.first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** Asks again and again until the answer is yes. */
export async function soon(complaint, ask) {
  for (const end = Date.now() + patience; Date.now() < end; ) {
    if (await ask()) return;
    await new Promise((later) => setTimeout(later, 50));
  }
  assert.fail(complaint);
}

/** Waits for words in the timeline, also within a folded session. */
export function told(page, words, timeout = patience) {
  return page.getByRole("region", { name: "Timeline" }).filter({ hasText: words }).waitFor({ timeout });
}
