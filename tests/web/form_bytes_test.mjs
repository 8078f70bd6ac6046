// What the clerk's form costs on a first visit: page, scripts, styles, the form's description, the service worker and what that fetches
// itself; all but the font. With the clock as it is: under one that stands in 2020 the server's files look six years old to Chromium,
// which then fetches them anew.
import assert from 'node:assert/strict';

import { close, count, done, dueOf, heading, kept, newPage, pageOf, setUp, title, url } from './binh_phuoc.mjs';

const kFirstVisit = 60_000;

async function firstVisit(clerk) {
  const page = await newPage(clerk, 1280, 800);
  const bytes = await count(page);
  await page.goto(`${url}/report/${pageOf(dueOf('mang-a-70'))}`);
  await heading(page, title);
  await kept(page);
  await page.waitForLoadState('networkidle');
  // The service worker's bytes are not counted with the page's: what it did not find in the browser's cache, and itself, are asked for
  // once more by the page.
  const [worker] = page.context().serviceWorkers();
  assert.ok(worker, 'there is a service worker');
  const fetched = await worker.evaluate(() =>
    performance.getEntriesByType('resource').flatMap(({ name, transferSize }) => (transferSize > 0 ? [name] : [])),
  );
  assert.deepEqual(fetched, [`${url}/`], 'the service worker finds what the page has had in the cache');
  for (const one of [...fetched, `${url}/sw.js`]) {
    await page.evaluate((what) => fetch(what, { cache: 'no-store' }).then((answer) => answer.arrayBuffer()), one);
  }
  for (const name of ['/', '/sw.js']) assert.ok(bytes.some((one) => one.url === url + name), `${name} was counted`);

  const counted = bytes.filter((one) => !one.url.endsWith('.woff2'));
  for (const one of counted) console.log(`  ${one.bytes}\t${one.url.slice(url.length)}`);
  const sum = counted.reduce((all, one) => all + one.bytes, 0);
  console.log(`first visit: ${sum} bytes`);
  assert.ok(sum > 10_000, 'the bytes were counted');
  assert.ok(sum <= kFirstVisit, `first visit: ${sum} bytes`);
  await page.context().close();
}

try {
  const { clerkA } = await setUp();
  await firstVisit(clerkA);
  done('the first visit');
} finally {
  await close();
}
