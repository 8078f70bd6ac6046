// August 2020 as it is seeded (tools/stories/august_2020.jsonl): a report that came by mail and states a moment of its own, all of it invented;
// the letter that asks for it and has no number; the wall of a body, which is that of its province; and letters that wait for a person.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { close, done, heading, look, newPage, signUp, url } from './binh_phuoc.mjs';

const kUnit = '70@2020-06-01';
const docs = join(dirname(fileURLToPath(import.meta.url)), '../../docs');

try {
  const clerk = await signUp('van.thu', [{ role: 'clerk', scope: 'viettel-70' }]);

  // The mail came at 15:58 and says 15h30: both stand there, each in its words.
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [360, 'dark'],
  ]) {
    const page = await newPage(clerk, width, 800, { colorScheme });
    await page.goto(`${url}/report/${encodeURIComponent('bp-5.2:viettel-70:1598346000000')}`);
    await heading(page, 'Đã nhận báo cáo');
    const receipt = (await page.locator('.receipt').innerText()).replace(/\s+/g, ' ');
    assert.match(receipt, /Máy chủ nhận lúc 15:58:00, 25\/8\/2020/);
    assert.match(receipt, /Báo cáo ghi thời điểm 15:30, 25\/8\/2020/);
    assert.match(receipt, /Số minh họa, không có thật\./);
    const moments = await page.locator('tbody td.time').evaluateAll((all) => all.map((one) => one.textContent.trim()));
    assert.deepEqual(moments, Array(11).fill('15:30, 25/8/2020'));
    // 9.210 + 18.400 + … of the eleven rows.
    assert.match(await page.locator('tfoot td.count').first().innerText(), /^minh họa\s137\.110$/);
    await page.getByText('Theo văn bản chưa ghi số, ký hiệu STTTT-TTBCXB, mục 5.2: “trước 16h00 hàng ngày”').waitFor();
    await look(page, 'story-report');
    await page.context().close();
  }

  // What it sends itself states nothing: then the form says when the server had it.
  {
    const page = await newPage(clerk, 1280, 800);
    await page.goto(`${url}/report/${encodeURIComponent('bp-5.2:viettel-70:1598346000000')}`);
    await page.getByRole('button', { name: 'Sửa báo cáo này' }).click();
    assert.equal(await page.locator('tbody td.time').first().innerText(), 'khi gửi');
    await page.locator('#cell-0-installed').fill('9.215');
    await page.locator('#reason').fill('đếm sót một phường');
    await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
    await heading(page, 'Đã nhận báo cáo');
    assert.match(await page.locator('tbody td.time').first().innerText(), /^nhận lúc \d\d:\d\d$/);
    assert.equal(await page.getByText('Báo cáo ghi thời điểm').count(), 0);

    // A body has no wall of its own.
    await page.goto(url);
    const wall = page.locator('main').getByRole('link', { name: /^Bảng theo dõi:/ });
    await page.locator('main').getByText('Bảng theo dõi: Tỉnh Bình Phước').waitFor();
    assert.equal(await wall.count(), 1);
    assert.equal(await wall.getAttribute('href'), '/wall/70%402020-06-01');
    await page.getByText('trước 16h00 hàng ngày (chưa ghi số, ký hiệu STTTT-TTBCXB)').first().waitFor();
    await look(page, 'story-home');
    await page.context().close();
  }

  // A letter from nobody's address, and one from a body's for which no mail server vouches.
  {
    const duty = await signUp('truc.ban', [{ role: 'duty', scope: kUnit }]);
    const stranger = readFileSync(join(docs, 'examples/thu-la.eml'), 'utf8');
    const letters = [stranger, stranger.replaceAll('ai-do@example.org', 'bao-cao@vnpt.example')];
    for (const letter of letters) await duty.post('/campaign/v1/mail', letter, { 'content-type': 'message/rfc822' });
    const page = await newPage(duty, 1280, 900);
    await page.goto(`${url}/inbox`);
    const waiting = (word) => page.locator('article').filter({ hasText: word });
    await waiting('địa chỉ gửi chưa của cơ quan nào').getByText('ai-do@example.org').waitFor();
    await waiting('người gửi chưa được xác thực').getByText('bao-cao@vnpt.example').waitFor();
    assert.equal(await page.locator('article').filter({ hasText: /mail_|_sender/ }).count(), 0, 'each state has its words');
    await look(page, 'story-mail');
    await page.setViewportSize({ width: 360, height: 740 });
    await look(page, 'story-mail');
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole('button', { name: 'English' }).click();
    await waiting('the sender is not vouched for').waitFor();
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();

    // The one is set aside, with the reason; of the other a person says whose it is.
    await waiting('ai-do@example.org').getByRole('button', { name: 'Để riêng' }).click();
    await page.getByLabel('Vì sao để riêng').fill('không rõ của ai');
    await page.getByRole('button', { name: 'Để riêng, không phải báo cáo', exact: true }).click();
    await page.getByText('Đã để riêng.').waitFor();
    await waiting('ai-do@example.org').waitFor({ state: 'detached' });
    await waiting('bao-cao@vnpt.example').getByRole('button', { name: 'Giao cho cơ quan' }).click();
    await page.locator('#mail-body option[value="vnpt-70"]').waitFor({ state: 'attached' });
    assert.equal(await page.locator('#mail-body').inputValue(), '', 'anybody can write that address');
    await page.locator('#mail-body').selectOption('vnpt-70');
    await look(page, 'story-assign');
    await page.getByRole('button', { name: 'Giao cho cơ quan', exact: true }).click();
    await page.getByText(/^Đã thành báo cáo, biên nhận BC-2020-\d{6}\.$/).waitFor();
    await page.getByText('Không có thư nào chờ.').waitFor();
    const { dues } = await duty.get('/campaign/v1/dues?on=2020-08-26&body=vnpt-70');
    assert.equal(dues.find((one) => one.task === 'bp-5.2').file.versions, 1);
    await page.context().close();
  }

  done('the story');
} finally {
  await close();
}
