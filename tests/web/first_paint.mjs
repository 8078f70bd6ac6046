// Measures, and asserts nothing: when the first words of a page stand on the screen, and when the page's own heading does, on a line of
// 64 kbit/s with 500 ms there and back, in a browser that has nothing yet.
//
//   tests/web/portal_here.sh build/release/bin/bz build/release/web/tree/node_modules tests/web/first_paint.mjs
import { close, dueOf, newPage, pageOf, setUp, signUp, url } from './binh_phuoc.mjs';

const kLine = { offline: false, latency: 500, downloadThroughput: 8_000, uploadThroughput: 8_000 }; // ms, bytes a second

async function measure(account, name, path) {
  const page = await newPage(account, 1280, 800);
  page.setDefaultTimeout(120_000);
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', kLine);
  // `main h1` is drawn by the page itself, not by the shell.
  await page.goto(url + path, { waitUntil: 'commit', timeout: 120_000 });
  await page.locator('main h1').first().waitFor();
  const [first, heading] = await page.evaluate(() => [
    performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
    performance.now(),
  ]);
  console.log(`${name}: first paint ${(first / 1000).toFixed(1)} s, its heading ${(heading / 1000).toFixed(1)} s`);
  await page.context().close();
}

try {
  const { clerkA } = await setUp();
  const leader = await signUp('chu.tich', [{ role: 'leader', scope: '84@2020-06-01' }]);
  await measure(clerkA, 'form', `/report/${pageOf(dueOf('mang-a-70'))}`);
  await measure(leader, 'wall', '/wall/84?on=2020-08-19');
  await measure(undefined, 'public', '/public?unit=84%402020-06-01&on=2020-08-19');
  await measure(undefined, 'log in', '/');
} finally {
  await close();
}
