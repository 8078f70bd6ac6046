// The first view of each page, in a browser that has nothing of it yet: at most 150 kB of script over the wire.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { close, count, done, dueOf, newPage, setUp, signUp, url } from './binh_phuoc.mjs';

const kMost = 150_000;
const web = process.env.BZ_WEB_SOURCE ?? join(dirname(fileURLToPath(import.meta.url)), '../../web');
const paths = [...readFileSync(join(web, 'src/pages.ts'), 'utf8').matchAll(/path: '([^']+)'/g)].map((found) => found[1]);
assert.ok(paths.length > 15);

// One who may see everything, and so is shown the most.
async function everybody() {
  const unit = '70@2020-06-01';
  const grants = ['officer', 'leader', 'duty', 'admin', 'auditor'].map((role) => ({ role, scope: unit }));
  const account = await signUp('tat.ca', [...grants, { role: 'clerk', scope: 'mang-a-70' }]);
  for (const role of ['issuer', 'supervisor', 'auditor']) {
    execFileSync(process.env.BZ, ['grant', 'add', '--data', process.env.BZ_DATA, '--account', 'tat.ca', '--role', role]);
  }
  return account;
}

const inDays = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

try {
  await setUp();
  const account = await everybody();
  const due = dueOf('mang-a-70');
  const described = await account.get(`/campaign/v1/dues/${encodeURIComponent(due)}/form`);
  const link = await account.post('/campaign/v1/viewer-links', { unit: '70@2020-06-01', name: 'màn hình', until: inDays(30) });
  const filled = {
    ':unit': '70@2020-06-01',
    ':code': '70@2020-06-01',
    ':slug': 'mang-a-70',
    ':id': described.rows[0].before[0].figure,
    ':due': due,
    ':token': link.token,
  };
  for (const path of paths) {
    const page = await newPage(account, 1280, 900);
    const bytes = await count(page);
    await page.goto(url + path.replace(/:\w+/, (name) => encodeURIComponent(filled[name])));
    await page.locator('main h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    const scripts = bytes.filter((one) => one.url.endsWith('.js'));
    const sum = scripts.reduce((all, one) => all + one.bytes, 0);
    console.log(`  ${sum}\t${path}`);
    assert.ok(scripts.length >= 2, `${path}: the shell and the page`);
    assert.ok(sum <= kMost, `${path}: ${sum} bytes of script`);
    await page.context().close();
  }
  done('the first views');
} finally {
  await close();
}
