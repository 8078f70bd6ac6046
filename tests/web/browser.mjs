// Chromium, and the looks that each page of a test is given; run with what server_here.sh exports.
//
//   const page = await newPage(undefined, 1280, 800);
//   await page.goto(`${url}/public`);
//   await look(page, 'public');    axe-core, nothing wider than the window, no bare number, a picture
//   done('public');                nothing in the console, nothing asked of another host
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const env = process.env;
const require = createRequire(join(env.BZ_WEB_MODULES, 'none.js'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const url = env.BZ_URL;
export const kPatience = 20_000;
export const kOwnPassword = 'trăm năm trong cõi người ta';

// RFC 6238: HMAC-SHA1, 30 s, six digits.
export function totp(secret, step) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')]
    .map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const code = createHmac('sha1', key).update(counter).digest();
  const offset = code[19] & 15;
  return String((code.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

// Six digits that have not been typed yet: of this step, else of the next, which the server takes too since clocks differ (as it takes those
// of the step before, should one end meanwhile); else that step is waited for.
const typed = new Map();
export async function digits(spaced) {
  const secret = spaced.replaceAll(' ', '');
  const now = () => Math.floor(Date.now() / 30_000);
  const step = Math.max(now(), (typed.get(secret) ?? 0) + 1);
  typed.set(secret, step);
  while (step > now() + 1) await new Promise((resolve) => setTimeout(resolve, 250));
  return totp(secret, step);
}

const browser = await chromium.launch({
  executablePath: env.BZ_CHROMIUM,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
export const close = () => browser.close();

let checks = 0;
let requests = 0;
let calls = 0; // of them those of the API: a page is a chunk of its own, and more
export const callsSoFar = () => calls;
const faults = [];
// Faults that a test brings about: a line that is cut says so in the console.
export const forgive = (pattern) => {
  for (let i = faults.length - 1; i >= 0; --i) if (pattern.test(faults[i])) faults.splice(i, 1);
};

// A page of a new browser in which `account` (of portal.mjs) is logged in; nobody when it is undefined.
export async function newPage(account, width, height, more = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'vi-VN', ...more });
  if (account) {
    await context.addCookies([...account.cookies].map(([name, value]) => ({ name, value, url })));
  }
  const page = await context.newPage();
  page.setDefaultTimeout(kPatience);
  page.on('console', (message) => {
    // A refusal that the page shows is an error to Chromium; anything else is one to us.
    const isRefusal = message.text().startsWith('Failed to load resource: the server responded');
    if (message.type() === 'error' && !isRefusal) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('request', (request) => {
    ++requests;
    if (/^\/(accounts|officer|campaign)\//.test(new URL(request.url()).pathname)) ++calls;
    if (new URL(request.url()).origin !== url) faults.push(`asked ${request.url()}`);
  });
  return page;
}

// Texts of the page with a digit in them that are neither a Figure's nor marked as plain (dates, names, receipts).
export const bareNumbers = (page) =>
  page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!/\d/.test(node.data) || element.closest('[data-figure], [data-plain], script, style')) continue;
      if (element.checkVisibility && !element.checkVisibility()) continue;
      found.push(node.data.trim());
    }
    return found;
  });

export async function picture(page, name, fullPage = true) {
  if (!env.BZ_SCREENSHOTS) return;
  mkdirSync(env.BZ_SCREENSHOTS, { recursive: true });
  // The font comes after the page; where it cannot, the picture is in the system's.
  const hasFont = () => [...document.fonts].some((font) => font.status === 'loaded');
  await page.waitForFunction(hasFont, undefined, { timeout: 5000 }).catch(() => undefined);
  await page.screenshot({ path: join(env.BZ_SCREENSHOTS, `${name}-${page.viewportSize().width}.png`), fullPage });
}

// The page as it stands: no fault that axe-core knows, nothing wider than the window.
export async function fits(page, name) {
  const { width } = page.viewportSize();
  // Every page has one; before it there is only what says that the page is on its way.
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await picture(page, name);
  // Through the debugger, not the page: its content security policy lets no other script in.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`),
    [],
    `${name} at ${width}`,
  );
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= width, `${name}: ${wide} px wide in a window of ${width}`);
  ++checks;
}

// And no bare number.
export async function look(page, name) {
  await fits(page, name);
  assert.deepEqual(await bareNumbers(page), [], `${name}: numbers outside a Figure`);
}

export const heading = (page, name) => page.getByRole('heading', { name, exact: true }).first().waitFor();

export function done(what) {
  assert.deepEqual(faults, []);
  console.log(`${what}: ${checks} looks, ${requests} requests (${calls} calls), no fault`);
}
