// The server goes away and comes back while pages are open: what stands stays, says since when it is old, and goes on by itself; a page
// whose file was not fetched before opens; nobody logs in anew.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { close, done, forgive, heading, newPage, signUp, url } from './portal.mjs';

const env = process.env;
let server;

async function come() {
  server = spawn(env.BZ, ['serve', '--data', env.BZ_DATA, '--listen', new URL(url).host], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(server.stdout, 'data'); // "listening on …"
}
async function go() {
  const answers = () => fetch(url).then(() => true, () => false);
  if (server) server.kill();
  else process.kill(Number(env.BZ_SERVER_PID));
  while (await answers()) await new Promise((resolve) => setTimeout(resolve, 100));
  if (server && server.exitCode === null && server.signalCode === null) await once(server, 'exit');
}

try {
  const leader = await signUp('chu.tich', [{ role: 'leader', scope: '84@2020-06-01' }]);
  const page = await newPage(leader, 1280, 800);
  await page.goto(`${url}/wall/84?on=2020-08-19`);
  await page.locator('main').getByText('68.912').first().waitFor();
  await page.locator('main').getByText('trực tiếp').waitFor();

  await go();
  await page.locator('main').getByText(/cũ từ/).first().waitFor({ timeout: 40_000 }); // it asks every 15 s
  assert.match(await page.locator('main').innerText(), /68\.912/);

  await come();
  await page.locator('main').getByText('trực tiếp').waitFor({ timeout: 40_000 });
  await page.getByRole('link', { name: 'Mục tiêu', exact: true }).click();
  await heading(page, 'Mục tiêu');
  await page.locator('main').getByText('50,00').first().waitFor();
  forgive(/ERR_CONNECTION_(REFUSED|RESET)/);
  done('the restart');
} finally {
  await close();
  server?.kill();
}
