// A stranger at what `./demo` leaves running, with a browser and a phone of today: the wall without a login; the clerk, who has half an hour left,
// fills the form in and sends it; the approver, who accepts it; and nobody takes the story's clock for the real one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { close, digits, done, fits, heading, kOwnPassword, look, newPage, url } from './browser.mjs';

const says = readFileSync(process.env.BZ_DEMO_SAYS, 'utf8');
const passwordOf = (name) => new RegExp(`^${name} +([^ ]+) `, 'm').exec(says)[1];
const kNumbers = [9260, 18450, 9750, 11300, 15950, 7500, 8350, 13650, 20200, 12350, 10900]; // yesterday's and 50 each

assert.ok(new Date().getFullYear() > 2020, 'the test goes by the clock of today');

const band = async (page) => {
  const text = await page.getByRole('complementary', { name: 'Bản trình diễn' }).innerText();
  assert.match(text, /Ở đây là 15:[345]\d, 26\/8\/2020/);
  assert.match(text, /không phải giờ thật/);
};

// The first log-in, as the terminal's words have it.
async function enter(name, width = 1280) {
  const page = await newPage(undefined, width, 900);
  await page.goto(url);
  await page.getByLabel('Tên đăng nhập').fill(name);
  await page.getByLabel('Mật khẩu').fill(passwordOf(name));
  await page.getByRole('button', { name: 'Tiếp tục' }).click();
  await heading(page, 'Thiết lập tài khoản');
  await band(page);
  const secret = await page.locator('#secret').textContent();
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(kOwnPassword);
  await page.getByLabel('Nhập lại mật khẩu mới').fill(kOwnPassword);
  await page.getByLabel('Mã 6 số').fill(await digits(secret));
  await page.getByRole('button', { name: 'Hoàn tất' }).click();
  await page.getByRole('button', { name: 'Tôi đã ghi lại' }).click();
  return page;
}

try {
  const [wall, now] = says.match(/http\S+\/v\/\S+/g);
  for (const [width, height] of [[1280, 900], [1920, 1080], [360, 740]]) {
    const screen = await newPage(undefined, width, height);
    await screen.goto(wall);
    await screen.getByText('68.912').first().waitFor();
    await band(screen);
    await look(screen, 'demo-wall');
    await screen.context().close();
  }

  const screen = await newPage(undefined, 1920, 1080);
  await screen.goto(now);
  await screen.getByText(/còn\s\d+\sphút/).first().waitFor();
  assert.doesNotMatch(screen.url(), /on=/);
  await look(screen, 'demo-wall-now');
  await screen.context().close();

  const clerk = await enter('nop-viettel-70');
  const due = clerk.locator('li').filter({ hasText: 'trước 16h00 hàng ngày' }).filter({ hasText: /còn\s\d+\sphút/ });
  await due.waitFor();
  await look(clerk, 'demo-clerk');
  await due.locator('a[href^="/report/"]').click();
  for (const [i, number] of kNumbers.entries()) await clerk.locator(`#cell-${i}-installed`).fill(String(number));
  await look(clerk, 'demo-form');
  await clerk.getByRole('button', { name: 'Gửi báo cáo' }).click();
  await heading(clerk, 'Đã nhận báo cáo');
  const receipt = await clerk.locator('.receipt').innerText();
  assert.match(receipt, /15:[345]\d:\d\d, 26\/8\/2020/);
  assert.match(receipt, /đúng hạn/);
  assert.match(receipt, /minh họa/);
  await look(clerk, 'demo-receipt');

  const approver = await enter('duyet-70');
  await approver.goto(`${url}/inbox`);
  await approver.getByRole('button', { name: /Viettel/ }).first().waitFor();
  await look(approver, 'demo-inbox');
  assert.doesNotMatch(await approver.locator('main').innerText(), /\d{3,} ngày/, 'nothing is years late');
  const waiting = approver.getByRole('article').filter({ hasText: 'Viettel' }).filter({ hasText: '26/8/2020' });
  await waiting.getByRole('button', { name: /^Mở/ }).click();
  await waiting.getByText('10.900').waitFor();
  await waiting.getByRole('button', { name: 'Nhận báo cáo' }).click();
  await waiting.waitFor({ state: 'detached' });

  const duty = await enter('truc-ban-70');
  await duty.goto(`${url}/inbox`);
  await duty.getByText('Chờ báo cáo qua điện thoại').waitFor();
  await duty.getByText('ai-do@example.org').waitFor();
  await look(duty, 'demo-duty');

  const officer = await enter('can-bo-70', 360);
  await officer.goto(`${url}/reconciliation?on=2020-08-25`);
  await officer.getByText('9.120').first().waitFor();
  await look(officer, 'demo-reconciliation');

  // The day in Vietnam by the story, and a code's time runs.
  const health = await enter('y-te');
  await health.getByRole('navigation').getByRole('link', { name: 'Cấp mã', exact: true }).click();
  await heading(health, 'Cấp mã mới');
  await health.getByText('Hôm nay, 26/8/2020').waitFor();
  await fits(health, 'demo-codes');
  done('a stranger at the demo');
} finally {
  await close();
}
