// A health officer at night on a phone: the page is dark, a code is issued, read, used or not; many at once; a supervisor asks for a
// revocation and may not approve it alone; an auditor reads the trail.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { close, done, heading, look, newPage, signUp, url } from './portal.mjs';

const grant = (account, role) =>
  execFileSync(process.env.BZ, ['grant', 'add', '--data', process.env.BZ_DATA, '--account', account, '--role', role]);

try {
  const [issuer, supervisor, auditor] = [await signUp('bs.lan'), await signUp('bs.hoa'), await signUp('kt.thanh')];
  grant('bs.lan', 'issuer');
  grant('bs.hoa', 'supervisor');
  grant('kt.thanh', 'auditor');
  const two = (n) => String(n).padStart(2, '0');
  const now = new Date();
  const day = `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()}`;

  let reference = '';
  {
    const page = await newPage(issuer, 360, 740, { colorScheme: 'dark', hasTouch: true });
    await page.goto(url);
    await page.waitForURL('**/codes'); // the one thing this account does
    const menu = page.locator('nav a');
    assert.deepEqual((await menu.allTextContents()).map((one) => one.trim()), ['Cấp mã'], 'no other name for the same page');
    const paper = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = paper.match(/\d+/g).slice(0, 3).map(Number);
    assert.ok(Math.max(...light) < 64, `the page at night is ${paper}`);
    await page.getByRole('button', { name: 'Cấp mã', exact: true }).waitFor();
    const { height } = await page.getByRole('button', { name: 'Cấp mã', exact: true }).boundingBox();
    assert.ok(height >= 44, `a finger's button is ${height} px high`);
    await page.getByRole('button', { name: 'Cấp mã', exact: true }).click();
    await page.getByText('Cần ít nhất một trong hai ngày.').waitFor();
    await page.getByLabel('Ngày xét nghiệm').first().fill(day);
    await page.getByRole('button', { name: 'Cấp mã', exact: true }).click();
    await page.locator('#issued-code').waitFor();
    assert.match((await page.locator('#issued-code').innerText()).replace(/\s/g, ''), /^\d{6,10}$/);
    reference = await page.locator('#issued-uuid').innerText();
    await page.locator('#count-mine').getByText('1').waitFor();
    await look(page, 'code-at-night');

    // How it stands; then it is cancelled and nobody can use it.
    await page.getByText('Xem tình trạng một mã').click();
    await page.getByRole('button', { name: reference }).click();
    await page.getByText('chưa dùng').waitFor();
    await page.getByRole('button', { name: 'Hủy mã này' }).click();
    await page.getByText('Mã đã được hủy.').waitFor();
    await page.getByLabel('Số tham chiếu').first().fill('123');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await page.getByText('Số tham chiếu có dạng').waitFor();

    // Many at once.
    await page.getByText('Cấp nhiều mã một lần').click();
    await page.getByLabel('Bao nhiêu mã').fill('0');
    await page.getByRole('button', { name: 'Cấp các mã' }).click();
    await page.getByText('Nhập một số từ 1 đến 1000.').waitFor();
    await page.getByLabel('Bao nhiêu mã').fill('5');
    await page.getByRole('button', { name: 'Cấp các mã' }).click();
    const rows = page.getByRole('table', { name: 'Các mã đã cấp' }).locator('tbody tr');
    await rows.first().waitFor();
    const codes = await rows.locator('code').allInnerTexts();
    assert.equal(new Set(codes).size, 5);
    for (const code of codes) assert.match(code, /^\d{6,10}$/);
    await page.locator('#count-issued').getByText('6').waitFor();
    await look(page, 'codes-bulk');
    assert.equal(await page.getByRole('heading', { name: 'Thu hồi khóa đã công bố' }).count(), 0, 'that is for supervisors');
    await page.context().close();
  }
  {
    const page = await newPage(supervisor, 1280, 900);
    await page.goto(`${url}/codes`);
    await heading(page, 'Thu hồi khóa đã công bố');
    await page.getByText('Chưa có đề nghị nào.').waitFor();
    await page.getByRole('button', { name: 'Đề nghị thu hồi' }).click();
    await page.getByText('Hãy ghi lý do, ví dụ').waitFor();
    // A code that was never used has no keys to revoke: the server says so, the page shows it.
    await page.locator('#revoke-uuid').fill(reference);
    await page.locator('#revoke-reason').fill('nhầm mẫu xét nghiệm');
    await page.getByRole('button', { name: 'Đề nghị thu hồi' }).click();
    await page.getByText('Không có gì để thu hồi').waitFor();
    await look(page, 'supervisor');
    await page.context().close();
  }
  {
    const page = await newPage(auditor, 1280, 900);
    await page.goto(`${url}/health-audit`);
    await heading(page, 'Nhật ký cấp mã');
    await page.getByRole('table').first().getByText('bs.lan').first().waitFor();
    await look(page, 'health-audit');
    const text = await page.locator('main').innerText();
    assert.ok(text.includes(reference), 'the code that was issued is there by its reference');
    assert.ok(text.includes('giao vai trò') && text.includes('cấp mã'), 'what was done stands there in Vietnamese');
    await page.goto(`${url}/codes`);
    assert.equal(await page.getByRole('button', { name: 'Cấp mã', exact: true }).count(), 0);
    await page.context().close();
  }
  done('codes at night');
} finally {
  await close();
}
