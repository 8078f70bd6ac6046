// A viewer link is made, opened by nobody in particular, revoked; accounts and grants; the trail and its chain; the public page, which
// hides small counts.
import assert from 'node:assert/strict';

import { admin, close, done, forgive, heading, look, newPage, signUp, url } from './portal.mjs';

const kProvince = '84@2020-06-01';
const kOn = '2020-08-19';
const count = (subject, value) => ({
  subject,
  measure: 'app_installed',
  source: 'department:so-tttt-84',
  cut_off: '2020-08-20T00:00+07:00',
  value,
  origin: 'illustrative',
  reference: 'ví dụ',
});

try {
  const chief = await admin();
  const leader = await signUp('chutich', [
    { role: 'leader', scope: kProvince },
    { role: 'officer', scope: kProvince },
    { role: 'auditor', scope: kProvince },
  ]);
  await leader.post('/campaign/v1/figures', { figures: [count('849@2020-06-01', 9870), count('847@2020-06-01', 3), count('844@2020-06-01', 12000)] });

  // The public page: no log-in, a count of three is not told, nor anything it could be worked out from.
  {
    const page = await newPage(undefined, 360, 740);
    await page.goto(`${url}/public?unit=${encodeURIComponent(kProvince)}&on=${kOn}`);
    await heading(page, 'Ứng dụng không bao giờ làm gì');
    await page.getByRole('img', { name: /^Mã vuông/ }).waitFor();
    const row = (name) => page.getByRole('row', { name });
    await row(/Huyện Trà Cú/).getByText('9.870').waitFor();
    await row(/Huyện Châu Thành/).getByText('ẩn vì nhỏ').first().waitFor();
    const hidden = await row(/Huyện Châu Thành/).innerText();
    assert.ok(!/\d/.test(hidden), `the row of three handsets says ${hidden}`);
    await look(page, 'public');
    await page.getByLabel('Xem địa phương').fill('vinh long');
    await page.getByRole('button', { name: 'Tìm' }).click();
    await page.getByRole('button', { name: 'Tỉnh Vĩnh Long' }).click();
    await heading(page, 'Tỉnh Vĩnh Long');
    await page.context().close();
    const wide = await newPage(undefined, 1280, 900, { colorScheme: 'dark' });
    await wide.addInitScript(() => localStorage.setItem('bluezone-language', 'en'));
    await wide.goto(`${url}/public?on=${kOn}`);
    await heading(wide, 'What the app never does');
    await wide.getByRole('row', { name: /Trà Vinh/ }).waitFor();
    await look(wide, 'public-en');
    await wide.context().close();
  }

  // A viewer link.
  {
    const page = await newPage(leader, 1280, 900);
    await page.goto(`${url}/people`);
    await heading(page, 'Liên kết màn hình');
    assert.equal(await page.getByRole('heading', { name: 'Tài khoản', exact: true }).count(), 0, 'accounts are for administrators');
    await page.getByLabel('Đơn vị', { exact: true }).fill(kProvince);
    await page.getByRole('button', { name: 'Tạo liên kết' }).click();
    await page.getByRole('alert').filter({ hasText: 'Liên kết chưa tạo được.' }).waitFor(); // it has no name yet
    await page.getByLabel('Đặt ở đâu').fill('Phòng họp tầng 2');
    await page.getByRole('button', { name: 'Tạo liên kết' }).click();
    const address = await page.locator('#link-address').innerText();
    assert.match(address, /\/v\/[A-Za-z0-9_-]{43}$/);
    await page.getByRole('img', { name: 'Mã vuông của liên kết' }).waitFor();
    await look(page, 'viewer-link');

    const screen = await newPage(undefined, 1920, 1080, { hasTouch: true });
    await screen.goto(address);
    await screen.getByText('Trà Vinh').first().waitFor();
    assert.equal(await screen.getByLabel('Mật khẩu').count(), 0, 'nobody logs in there');
    // What one may do there shows once somebody is at it, also with a finger.
    await screen.getByRole('table').first().waitFor();
    assert.equal(await screen.locator('.controls').count(), 0);
    await screen.getByRole('heading', { level: 1 }).tap();
    await screen.locator('.controls').getByRole('button').first().waitFor();
    await screen.context().close();

    // The token is shown this once only.
    await page.reload();
    const row = page.getByRole('row', { name: /Phòng họp tầng 2/ });
    await row.getByText('đang dùng').waitFor();
    assert.equal(await page.locator('#link-address').count(), 0);
    await row.getByRole('button', { name: 'Thu hồi liên kết Phòng họp tầng 2' }).click();
    await page.getByRole('button', { name: 'Đúng, làm' }).click();
    await row.getByText('đã thu hồi').waitFor();
    const late = await newPage(undefined, 1920, 1080);
    const refused = late.waitForResponse((answer) => answer.url().includes('/campaign/v1/') && answer.status() === 401);
    await late.goto(address);
    await refused;
    await late.getByRole('alert').first().waitFor();
    assert.equal(await late.getByText('68.912').count(), 0);
    await late.context().close();

    // The trail has it, and its chain is whole.
    await page.goto(`${url}/audit`);
    await page.getByRole('table').getByText('account:chutich').first().waitFor();
    await page.getByRole('button', { name: 'Kiểm tra cả chuỗi' }).click();
    await page.getByText('Chuỗi nguyên vẹn').waitFor();
    await look(page, 'audit');
    await page.context().close();
  }

  // Accounts and grants.
  {
    const page = await newPage(chief, 1280, 900);
    await page.goto(`${url}/people`);
    await heading(page, 'Tài khoản');
    await page.getByLabel('Tên đăng nhập').fill('Lan Nguyễn');
    await page.getByRole('button', { name: 'Thêm tài khoản' }).click();
    await page.getByText('Tên này không dùng được').waitFor();
    await page.getByLabel('Tên đăng nhập').fill('lan.moi');
    await page.getByRole('button', { name: 'Thêm tài khoản' }).click();
    const first = page.getByText('Mật khẩu đầu tiên của lan.moi');
    await first.waitFor();
    assert.match(await first.innerText(), /: [0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    await page.locator('#grant-account').fill('lan.moi');
    await page.locator('#grant-role').selectOption({ label: 'Người xem bảng' });
    await page.locator('#grant-scope').fill(kProvince);
    await page.getByRole('button', { name: 'Trao quyền', exact: true }).click();
    const grants = page.getByRole('table', { name: /Quyền theo địa bàn/ });
    await grants.getByRole('row', { name: /lan\.moi Người xem bảng Tỉnh Trà Vinh/ }).waitFor();
    await look(page, 'people');
    await grants.getByRole('button', { name: 'Thu quyền Người xem bảng của lan.moi' }).click();
    await page.getByRole('button', { name: 'Đúng, làm' }).click();
    await grants.getByRole('row', { name: /lan\.moi/ }).waitFor({ state: 'detached' });
    await page.context().close();
    const phone = await newPage(chief, 360, 740, { colorScheme: 'dark' });
    await phone.goto(`${url}/people`);
    await heading(phone, 'Tài khoản');
    await phone.getByRole('table').first().getByText('chutich').waitFor();
    await look(phone, 'people-phone');
    await phone.context().close();
  }
  forgive(/401|403/);
  done('links, people, audit, public');
} finally {
  await close();
}
