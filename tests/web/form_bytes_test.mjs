// What the clerk's form costs on a first visit, in all but the font.
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
  const isFont = (name) => /\.woff2$/.test(name);
  // What the service worker fetched itself; of what the page has had already it costs nothing again.
  const worker = page.context().serviceWorkers()[0];
  const byWorker = worker
    ? await worker.evaluate(() => performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0))
    : 0;
  const pageBytes = bytes.filter((one) => !isFont(one.url)).reduce((sum, one) => sum + one.bytes, 0);
  for (const one of bytes) console.log(`  ${one.bytes}\t${one.url.slice(url.length)}`);
  console.log(`first visit: ${pageBytes} bytes, and ${byWorker} by the service worker`);
  assert.ok(worker, 'there is a service worker');
  assert.ok(pageBytes > 10_000, 'the bytes were counted');
  assert.ok(pageBytes + byWorker <= kFirstVisit, `first visit: ${pageBytes} + ${byWorker} bytes`);
  await page.context().close();
}

try {
  const { clerkA } = await setUp();
  await firstVisit(clerkA);
  done('the first visit');
} finally {
  await close();
}
