// One's own account: the password, another telephone with new recovery codes, a browser that is trusted for 30 days, what must not hang on a
// password alone, and leaving: everywhere at once, and without a line on a shared PC.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';

import { admin, close, digits, done, forgive, heading, look, newPage, picture, signUp, url } from './portal.mjs';

const kOther = 'chữ tài liền với chữ tai một vần';

async function logIn(page, account, { trust = false } = {}) {
  await page.getByLabel('Tên đăng nhập').fill(account.name);
  await page.getByLabel('Mật khẩu').fill(account.password);
  await page.getByRole('button', { name: 'Tiếp tục' }).click();
  if (trust === null) return; // no digits are asked for, or the test gives them
  await page.getByLabel('Mã 6 số').fill(await digits(account.secret));
  if (trust) await page.getByLabel('Tin trình duyệt này 30 ngày').check();
  if (trust) await page.getByText('không chọn trên máy dùng chung').waitFor();
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
}

try {
  const issuer = await signUp('bs.tin', [{ role: 'viewer', scope: '86@2025-07-01' }]);
  execFileSync(process.env.BZ, ['grant', 'add', '--data', process.env.BZ_DATA, '--account', 'bs.tin', '--role', 'issuer']);

  // 1. A browser is trusted: the next log-in asks for the password alone. System administrators are not offered it.
  const page = await newPage(undefined, 1280, 800);
  await page.goto(`${url}/account`);
  await page.getByLabel('Tên đăng nhập').waitFor();
  await logIn(page, issuer, { trust: true });
  await heading(page, 'Tài khoản của tôi');
  await look(page, 'account');
  const trusted = page.getByRole('table', { name: 'Trình duyệt được tin' });
  await trusted.getByText('máy này').waitFor();
  await page.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await page.getByLabel('Tên đăng nhập').waitFor();
  await logIn(page, issuer, { trust: null });
  await heading(page, 'Tài khoản của tôi'); // no six digits

  // 2. Codes for patients ask for them all the same, within the page, and then go on.
  await page.goto(`${url}/codes`);
  await page.getByText('Việc này cần mã 6 số của lần này').waitFor();
  assert.equal(await page.getByLabel('Tin trình duyệt này 30 ngày').count(), 0, 'it is trusted already');
  await look(page, 'digits-needed');
  await page.getByLabel('Mã 6 số').fill(await digits(issuer.secret));
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await page.getByRole('button', { name: 'Cấp mã', exact: true }).waitFor();
  await page.getByText('Việc này cần mã 6 số của lần này').waitFor({ state: 'detached' });

  // 3. Another password: what is wrong stays in its form, and the trust of browsers ends.
  await page.goto(`${url}/account`);
  const [old, now, again] = ['own-old', 'own-new', 'own-new-again'].map((id) => page.locator(`#${id}`));
  await old.fill('không phải mật khẩu này');
  await now.fill(kOther);
  await again.fill(`${kOther}!`);
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await page.getByText('Hai mật khẩu không giống nhau.').waitFor();
  await again.fill(kOther);
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await page.getByRole('alert').filter({ hasText: /ật khẩu/ }).waitFor();
  assert.equal(await page.getByLabel('Tên đăng nhập').count(), 0, 'a wrong password is no ended session');
  await old.fill(issuer.password);
  await page.getByRole('button', { name: 'Đổi mật khẩu' }).click();
  await page.getByText('Đã đổi mật khẩu.').waitFor();
  await page.getByText('Chưa tin trình duyệt nào.').waitFor();
  issuer.password = kOther;

  // 4. Another telephone: its digits count from now on, with ten new recovery codes that are shown once.
  await page.locator('#phone-password').fill(issuer.password);
  await page.getByRole('button', { name: 'Kết nối lại' }).click();
  await heading(page, 'Kết nối điện thoại mới');
  assert.equal(await page.getByLabel('Mật khẩu mới', { exact: true }).count(), 1, 'only the form above asks for a password');
  const secret = await page.locator('#secret').innerText();
  await look(page, 'account-phone');
  await page.getByLabel('Mã 6 số').fill('000000');
  await page.getByRole('button', { name: 'Dùng điện thoại này' }).click();
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('Mã 6 số').fill(await digits(secret));
  await page.getByRole('button', { name: 'Dùng điện thoại này' }).click();
  await heading(page, 'Mã khôi phục');
  const codes = await page.locator('main li code').allInnerTexts();
  assert.equal(codes.length, 10);
  assert.equal(new Set([...codes, ...issuer.recoveryCodes]).size, 20, 'others than before');
  await page.getByRole('button', { name: 'Tôi đã ghi lại' }).click();
  await page.getByText('Đã kết nối.').waitFor();
  issuer.secret = secret;

  // 5. A new recovery code in place of the digits, in a browser of its own; from there everybody is logged out.
  const other = await newPage(undefined, 360, 740, { colorScheme: 'dark' });
  await other.goto(`${url}/account`);
  await other.getByLabel('Tên đăng nhập').waitFor();
  await logIn(other, issuer, { trust: null });
  await other.getByRole('button', { name: 'Dùng mã khôi phục' }).click();
  await other.getByLabel('Mã khôi phục').fill(codes[0]);
  await other.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await heading(other, 'Tài khoản của tôi');
  const sessions = other.getByRole('table', { name: /Phiên đăng nhập của tôi/ });
  await sessions.locator('tbody tr').nth(1).waitFor();
  await look(other, 'account');
  await other.getByRole('button', { name: 'Đăng xuất ở mọi nơi' }).click();
  await other.getByRole('button', { name: 'Đúng, làm' }).click();
  await other.getByLabel('Tên đăng nhập').waitFor();
  await page.reload();
  await page.getByLabel('Tên đăng nhập').waitFor();
  await other.context().close();

  // 6. Without a line: nothing of one is left on the screen or on the device, and the server is told once the line is back, before anybody
  // else works there.
  const chief = await admin();
  const clerk = await signUp('van.thu.c');
  const desk = await newPage(clerk, 1280, 800);
  await desk.goto(`${url}/account`);
  await heading(desk, 'Tài khoản của tôi');
  await desk.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open('bluezone', 1);
        request.onupgradeneeded = () => ['drafts', 'forms'].forEach((name) => request.result.createObjectStore(name));
        request.onsuccess = () => {
          const work = request.result.transaction('drafts', 'readwrite');
          work.objectStore('drafts').put({ cells: {}, title: 'của tôi' }, ['van.thu.c', 'due']);
          work.objectStore('drafts').put({ cells: {}, title: 'của người khác' }, ['van.thu.d', 'due']);
          work.oncomplete = () => (request.result.close(), resolve());
        };
      }),
  );
  const drafts = () =>
    desk.evaluate(
      () =>
        new Promise((resolve) => {
          const request = indexedDB.open('bluezone', 1);
          request.onsuccess = () => {
            const all = request.result.transaction('drafts').objectStore('drafts').getAll();
            all.onsuccess = () => (request.result.close(), resolve(all.result.map((one) => one.title)));
          };
        }),
    );
  assert.deepEqual((await drafts()).sort(), ['của người khác', 'của tôi']);
  await desk.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await desk.context().setOffline(true);
  await desk.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await desk.getByText('Đã đăng xuất, và máy này không giữ gì của bạn.').waitFor();
  assert.deepEqual(await drafts(), ['của người khác']);
  assert.equal(await desk.evaluate(() => localStorage.getItem('bluezone-account')), null);
  assert.equal(await desk.getByText('van.thu.c').count(), 0);
  await look(desk, 'left-offline');
  await clerk.get('/accounts/v1/sessions'); // the server does not know yet
  const told = desk.waitForResponse((answer) => answer.url().endsWith('/accounts/v1/logout') && answer.ok());
  await desk.context().setOffline(false);
  await told;
  await desk.getByText('Đã đăng xuất, và máy này không giữ gì của bạn.').waitFor({ state: 'detached' });
  await assert.rejects(clerk.get('/accounts/v1/sessions'), / 401 /);
  await desk.reload();
  await desk.getByLabel('Tên đăng nhập').waitFor();
  await desk.context().close();

  // 7. System administrators are never offered trust.
  const root = await newPage(undefined, 1280, 800);
  await root.goto(`${url}/account`);
  await root.getByLabel('Tên đăng nhập').fill(chief.name);
  await root.getByLabel('Mật khẩu').fill(chief.password);
  await root.getByRole('button', { name: 'Tiếp tục' }).click();
  await root.getByLabel('Mã 6 số').waitFor();
  assert.equal(await root.getByLabel('Tin trình duyệt này 30 ngày').count(), 0);
  await picture(root, 'second-factor');
  await root.context().close();

  // 8. Somebody else has logged in in the same browser since: leaving here ends nobody else's session.
  const before = await signUp('van.thu.d', [{ role: 'viewer', scope: '86@2025-07-01' }]);
  const since = await signUp('van.thu.e', [{ role: 'viewer', scope: '86@2025-07-01' }]);
  const shared = await newPage(before, 1280, 800);
  await shared.goto(`${url}/account`);
  await shared.getByRole('link', { name: 'van.thu.d' }).waitFor();
  await shared.context().addCookies([...since.cookies].map(([name, value]) => ({ name, value, url })));
  await shared.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await shared.getByLabel('Tên đăng nhập').waitFor();
  await shared.reload();
  await shared.getByRole('link', { name: 'van.thu.e' }).waitFor();
  await since.get('/accounts/v1/sessions');
  await shared.context().close();

  // 9. Two pages of one browser: what is logged out in the one is gone from the other too, its drafts as well; and so with the next log-in.
  const typist = await signUp('van.thu.g', [{ role: 'viewer', scope: '86@2025-07-01' }]);
  const one = await newPage(typist, 1280, 800);
  await one.goto(`${url}/account`);
  await one.getByRole('link', { name: 'van.thu.g' }).waitFor();
  const two = await one.context().newPage();
  await two.goto(`${url}/targets`);
  await heading(two, 'Mục tiêu');
  // A page that somebody may open without a log-in is left alone.
  const open = await one.context().newPage();
  await open.goto(`${url}/public`);
  await heading(open, 'Ứng dụng không bao giờ làm gì');
  await open.getByLabel('Xem địa phương').fill('vinh');
  await one.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  for (const left of [one, two]) {
    await left.getByLabel('Tên đăng nhập').waitFor();
    assert.equal(await left.getByText('van.thu.g').count(), 0);
    assert.equal(await left.getByRole('heading', { name: 'Mục tiêu' }).count(), 0);
  }
  assert.equal(await two.getByText('Phiên làm việc đã kết thúc.').count(), 0, 'it did not end by itself');
  assert.equal(await open.getByLabel('Xem địa phương').inputValue(), 'vinh');
  await logIn(one, typist);
  for (const back of [one, two]) await back.getByRole('link', { name: 'van.thu.g' }).waitFor();
  await heading(two, 'Mục tiêu');
  await one.context().close();
  await page.context().close();
  forgive(/ERR_INTERNET_DISCONNECTED/);
  done("one's own account");
} finally {
  await close();
}
