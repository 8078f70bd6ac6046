// An officer's day at the web page, in Chromium against a real server: first login, a code, today's
// counts, logging out and in again; by keyboard; with axe-core looking at every step, at 360 px and
// at 1280 px. Run by officer_test.sh, which says what the environment holds.
import assert from 'node:assert/strict';

import { callsSoFar, close, done, fits as look, heading, kOwnPassword, newPage, totp, url } from './browser.mjs';

const env = process.env;
const stepNow = () => Math.floor(Date.now() / 30_000);

// As people without a mouse do it: Tab until the label or button has the focus.
async function tabTo(page, name) {
  for (let i = 0; i < 30; ++i) {
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      return e.labels?.[0]?.textContent.trim() ?? e.textContent.trim();
    });
    if (at === name) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never reached "${name}"`);
}

// In Vietnam, wherever the browser is: "25/08/2020", so many days ago; "14:05".
const kDayMs = 24 * 3600_000;
const inVietnam = (ms) => new Date(ms + 7 * 3600_000).toISOString();
const daysAgo = (days) => inVietnam(Date.now() - days * kDayMs).slice(0, 10).split('-').reverse().join('/');
const clockAt = (ms) => inVietnam(ms).slice(11, 16);

try {
  // 1. The first login, by keyboard only, in a wide window.
  let page = await newPage(undefined, 1280, 800, { timezoneId: 'Pacific/Honolulu' });
  const answer = await page.goto(url);
  assert.match(answer.headers()['content-security-policy'], /^default-src 'self';/);
  await heading(page, 'Đăng nhập');
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'vi');
  await look(page, '1-log-in');

  assert.equal(await page.evaluate(() => document.activeElement.id), 'name');
  await page.keyboard.type(env.BZ_OFFICER);
  await page.keyboard.press('Tab');
  await page.keyboard.type('không phải mật khẩu');
  await page.keyboard.press('Enter');
  await page.getByText('Tên đăng nhập hoặc mật khẩu không đúng.').waitFor();
  await look(page, '2-wrong-password');

  // The same in the other language, and back.
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is not right.').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  await page.keyboard.press('Enter');
  await heading(page, 'Đăng nhập');

  await tabTo(page, 'Mật khẩu');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(env.BZ_OFFICER_PASSWORD);
  await page.keyboard.press('Enter');
  await heading(page, 'Thiết lập tài khoản');
  const secret = await page.locator('#secret').textContent();
  assert.match(secret, /^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  await look(page, '3-set-up');
  await page.waitForFunction(() => document.activeElement.id === 'new-password');
  await page.keyboard.type(kOwnPassword);
  await page.keyboard.press('Tab');
  await page.keyboard.type('something else');
  await page.keyboard.press('Tab');
  let step = stepNow();
  await page.keyboard.type(totp(secret, step));
  await page.keyboard.press('Enter');
  await page.getByText('Hai mật khẩu không giống nhau.').waitFor();
  await look(page, '4-passwords-differ');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'new-password-again');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(kOwnPassword);
  await page.keyboard.press('Enter');
  await heading(page, 'Mã khôi phục');
  const recovery = await page.locator('.codes code').allTextContents();
  assert.equal(recovery.length, 10);
  await look(page, '5-recovery-codes');
  await tabTo(page, 'Tôi đã ghi lại');
  await page.keyboard.press('Enter');

  // 2. A code, by keyboard only.
  await heading(page, 'Cấp mã mới');
  await page.locator('#count-mine').waitFor();
  assert.equal(await page.locator('#count-mine').textContent(), '0');
  await look(page, '6-desk');
  await tabTo(page, 'Dương tính (xét nghiệm khẳng định)');
  await tabTo(page, 'Ngày khởi phát triệu chứng');
  await page.keyboard.type('31/02/2020');
  await tabTo(page, 'Cấp mã');
  await page.keyboard.press('Enter');
  await page.getByText('Hãy viết ngày dạng ngày/tháng/năm').waitFor();
  await look(page, '7-wrong-date');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'symptoms');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(daysAgo(40));
  await page.keyboard.press('Enter');
  await page.getByText('Ngày không được sau hôm nay hoặc quá 28 ngày trước.').waitFor();
  await tabTo(page, 'Ngày khởi phát triệu chứng');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(daysAgo(3));
  await tabTo(page, 'Ngày xét nghiệm');
  await page.keyboard.type(daysAgo(1));
  await page.keyboard.press('Enter');
  await heading(page, 'Mã đã cấp');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'code-title');
  const groups = await page.locator('#issued-code span').allTextContents();
  const code = groups.join('');
  assert.match(code, /^\d{6,}$/);
  for (const group of groups.slice(0, -1)) assert.equal(group.length, 4);
  const left = page.getByRole('timer');
  const first = await left.textContent();
  assert.match(first, /^(\d+:)?\d\d:\d\d$/);
  // Until when, on Vietnam's clock, as all of the portal; the browser's stands 17 hours behind.
  const seconds = first.split(':').reduce((sum, part) => 60 * sum + Number(part), 0);
  const [, until] = /đến (\d\d:\d\d)/.exec(await page.locator('.left').textContent());
  const ends = Date.now() + 1000 * seconds;
  assert.ok([ends - 30_000, ends, ends + 30_000].map(clockAt).includes(until), `${until}, ${clockAt(ends)}`);
  await page.waitForFunction((was) => document.querySelector('[role=timer]').textContent !== was, first);
  await page.waitForFunction(() => document.querySelector('#count-mine').textContent === '1');
  await look(page, '8-code');
  await tabTo(page, 'Sao chép mã');
  await page.keyboard.press('Enter');
  await page.getByText('Đã sao chép.').waitFor();
  await tabTo(page, 'Hủy mã này');
  await page.keyboard.press('Enter');
  await page.getByText('Mã đã được hủy.').waitFor();
  assert.equal(await left.count(), 0);
  await page.waitForFunction(() => document.activeElement.id === 'code-title');
  await look(page, '9-cancelled');

  // A second one stays; the page forgets it when it is loaded again, and the session holds.
  await page.locator('#test').fill(daysAgo(0));
  await page.getByRole('button', { name: 'Cấp mã', exact: true }).click();
  await left.waitFor();
  assert.notEqual((await page.locator('#issued-code span').allTextContents()).join(''), code);
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#count-issued')?.textContent === '2');
  assert.equal(await page.locator('#issued-code').count(), 0);

  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await heading(page, 'Đăng nhập');
  await page.reload();
  await heading(page, 'Đăng nhập');

  // 3. Again, at a phone's width: the second factor, used once, then a recovery code.
  page = await newPage(undefined, 360, 740);
  await page.goto(url);
  await look(page, '1-log-in');
  const logIn = async (name, password) => {
    await page.getByLabel('Tên đăng nhập').fill(name);
    await page.getByLabel('Mật khẩu').fill(password);
    await page.getByRole('button', { name: 'Tiếp tục' }).click();
  };
  await logIn(env.BZ_OFFICER, kOwnPassword);
  await heading(page, 'Mã xác thực');
  await page.getByLabel('Mã 6 số').fill(totp(secret, step));
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await page.getByText('Mã không đúng, đã dùng hoặc đã hết hạn.').waitFor();
  await look(page, '2-used-code');
  // The next step's is taken already: clocks differ.
  step = Math.max(step + 1, stepNow());
  await page.getByLabel('Mã 6 số').fill(totp(secret, step));
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await heading(page, 'Cấp mã mới');
  await page.waitForFunction(() => document.querySelector('#count-mine')?.textContent === '2');
  await look(page, '6-desk');
  await page.locator('#test').fill(daysAgo(2));
  await page.getByRole('button', { name: 'Cấp mã', exact: true }).click();
  await heading(page, 'Mã đã cấp');
  await page.waitForFunction(() => document.querySelector('#count-mine')?.textContent === '3');
  await look(page, '8-code');
  await page.getByRole('button', { name: 'Danh mục' }).click(); // on a phone it is folded
  await look(page, '8-menu');
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await heading(page, 'Đăng nhập');

  await logIn(env.BZ_OFFICER, kOwnPassword);
  await page.getByRole('button', { name: 'Dùng mã khôi phục' }).click();
  await page.getByLabel('Mã khôi phục').fill(recovery[0].toLowerCase());
  await look(page, '3-recovery');
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await heading(page, 'Cấp mã mới');

  await page.locator('#count-mine').waitFor();

  // Another browser ended the session: the page says so at the next thing it is asked.
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Cập nhật' }).click();
  await page.getByText('Phiên làm việc đã kết thúc.').waitFor();
  await heading(page, 'Đăng nhập');
  await look(page, '4-session-ended');

  // 4. Who may not issue is told so.
  await logIn(env.BZ_STRANGER, env.BZ_STRANGER_PASSWORD);
  await heading(page, 'Thiết lập tài khoản');
  await look(page, '5-set-up');
  const other = await page.locator('#secret').textContent();
  await page.getByLabel('Mật khẩu mới', { exact: true }).fill(kOwnPassword);
  await page.getByLabel('Nhập lại mật khẩu mới').fill(kOwnPassword);
  await page.getByLabel('Mã 6 số').fill(totp(other, stepNow()));
  await page.getByRole('button', { name: 'Hoàn tất' }).click();
  await heading(page, 'Mã khôi phục');
  await look(page, '7-recovery-codes');
  await page.getByRole('button', { name: 'Tôi đã ghi lại' }).click();
  await page.getByText('Tài khoản này chưa được phân quyền').waitFor();
  await look(page, '9-no-role');

  done("an officer's day");
  // Each step asks the server once; files aside (a page is a chunk of its own), nothing over and over.
  assert.ok(callsSoFar() < 80, `${callsSoFar()} calls`);
} finally {
  await close();
}
