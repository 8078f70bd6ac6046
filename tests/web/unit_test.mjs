// The page of a unit on the telephone of its official, the one sentence of it, what it owes, who says what; a figure that is
// corrected, as it was known the day before and as it is known since; targets; a body.
import assert from 'node:assert/strict';

import { close, done, heading, look, newPage, signUp, url } from './portal.mjs';

const kProvince = '84@2020-06-01';
const kDistrict = '849@2020-06-01';
const kOn = '2020-08-19';

// An invented count of a district to the end of a day of August 2020.
const count = (subject, day, value, measure = 'app_installed', source = 'department:so-tttt-84') => ({
  subject,
  measure,
  source,
  cut_off: `2020-08-${String(day + 1).padStart(2, '0')}T00:00+07:00`,
  value,
  origin: 'illustrative',
  reference: 'ví dụ',
});
const figureText = async (page, name) => (await page.getByRole('link', { name }).first().innerText()).replace(/\s+/g, ' ').trim();

try {
  const officer = await signUp('so.travinh', [
    { role: 'officer', scope: kProvince },
    { role: 'admin', scope: kProvince },
  ]);
  await officer.post('/campaign/v1/bodies', { slug: 'viettel-84', kind: 'operator', name: 'Viettel Trà Vinh', unit: kProvince });
  await officer.post('/campaign/v1/figures', {
    figures: [
      count(kDistrict, 12, 8100),
      count(kDistrict, 19, 9870),
      count('844@2020-06-01', 19, 12000),
      count(kDistrict, 19, 11260, 'app_installed_sim', 'operator:viettel-84'),
    ],
  });
  const today = new Date(Date.now() + 7 * 3600_000);
  const last = new Date(today.getTime() + 5 * 86_400_000);
  const vi = (day) => `${day.getUTCDate()}/${day.getUTCMonth() + 1}/${day.getUTCFullYear()}`;
  const due = { id: 'tv-nay', form: 'owners', due: `trước 16h00 hàng ngày, từ ngày ${vi(today)} đến ngày ${vi(last)}` };
  await officer.post('/campaign/v1/tasks', { ...due, sentence: 'báo cáo trước 16h00 hàng ngày', receiver: 'so-tttt-84', bodies: ['ubnd-849'] });
  await officer.post('/campaign/v1/bodies/ubnd-849/posts', { post: 'Người phụ trách báo cáo', name: 'Lê Văn Bảy', contact: '0294 3874 001' });
  const official = await signUp('tra.cu', [
    { role: 'leader', scope: kDistrict },
    { role: 'clerk', scope: 'ubnd-849' },
  ]);

  // A district's official on a phone.
  {
    const page = await newPage(official, 360, 740);
    await page.goto(`${url}/units/${encodeURIComponent(kDistrict)}?on=${kOn}`);
    await heading(page, 'Huyện Trà Cú, Tỉnh Trà Vinh');
    const main = page.locator('main');
    const stands = main.locator('section', { has: page.getByRole('heading', { name: 'Đang ở đâu' }) });
    await stands.getByText('6,75').waitFor(); // 9870 / 146329 = 6,745 %
    const said = (await stands.innerText()).replace(/\s+/g, ' ');
    assert.match(said, /9\.870 trên 146\.329 dân số, đạt .*6,75 %/);
    assert.match(said, /Tuần qua \+1\.770/); // 9870 − 8100
    assert.match(said, /Thứ hạng 2 trên 2 trong số có tỷ lệ cùng thuộc Tỉnh Trà Vinh/); // Càng Long has 8,12 %
    const order = await main.locator('h2').allInnerTexts();
    assert.deepEqual(order, ['Đang ở đâu', 'Việc phải nộp', 'Số theo nguồn', '28 ngày', 'Đơn vị cấp dưới', 'Người phụ trách', 'Lịch sử sửa số']);
    // The line is drawn by uPlot, which came only now, and stands beside it as a table.
    await main.locator('canvas').waitFor();
    await main.locator('summary', { hasText: 'Bảng các số của đường này' }).click();
    const rows = main.getByRole('table', { name: 'Bảng các số của đường này' }).locator('tbody tr');
    assert.deepEqual((await rows.allInnerTexts()).map((row) => row.match(/[\d.]+\/8\/2020|\d\.\d{3}/g).join(' ')), ['19/8/2020 9.870', '12/8/2020 8.100']);
    const call = page.getByRole('link', { name: 'Gọi 0294 3874 001' });
    assert.equal(await call.getAttribute('href'), 'tel:02943874001');
    await look(page, 'unit-district');
    // As things are today: what is owed, with the button on the row.
    await page.goto(`${url}/units/${encodeURIComponent(kDistrict)}`);
    const send = page.getByRole('link', { name: 'Nộp', exact: true }).first();
    await send.waitFor();
    assert.match(await send.getAttribute('href'), /^\/report\/tv-nay%3Aubnd-849%3A\d+$/);
    const { x, width } = await send.boundingBox();
    assert.ok(x + width <= 360, 'the button is on the screen');
    await look(page, 'unit-owed');
    await page.context().close();
  }

  // A unit nobody reported for says who should have.
  {
    const page = await newPage(officer, 1280, 900, { colorScheme: 'dark' });
    await page.goto(`${url}/units/${encodeURIComponent('845@2020-06-01')}?on=${kOn}`);
    await page.getByText('Chưa có số nào của Huyện Cầu Kè đến hết 19/8/2020.').waitFor();
    await page.getByText('Nơi phải gửi:').getByRole('link', { name: 'Ủy ban nhân dân huyện Cầu Kè' }).waitFor();
    await look(page, 'unit-empty');
    // Two columns where there is room.
    const [left, right] = await Promise.all(['Đang ở đâu', 'Người phụ trách'].map((name) => page.getByRole('heading', { name }).boundingBox()));
    assert.ok(right.x > left.x + 300, 'two columns at 1280 px');
    // The code alone is the last unit that had it; today nobody has it, and the page says so and asks for a day.
    await page.goto(`${url}/units/84`);
    await heading(page, 'Tỉnh Trà Vinh');
    await page.goto(`${url}/units/84?on=${today.toISOString().slice(0, 10)}`);
    await page.getByText('Mã này không phải của đơn vị nào vào ngày này.').waitFor();
    await page.getByLabel('Số đến hết ngày').fill(kOn);
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await heading(page, 'Tỉnh Trà Vinh');
    assert.match(page.url(), /\/units\/84\?on=2020-08-19$/);
    await page.context().close();
  }

  // The correction of the story: 6,78 % as known on 21 August, 6,83 % since.
  {
    const page = await newPage(officer, 1280, 900);
    await page.goto(`${url}/units/${encodeURIComponent(kProvince)}?on=${kOn}&as_of=2020-08-21`);
    await page.getByText('Số đến hết 19/8/2020, theo những gì đã biết đến hết 21/8/2020.').waitFor();
    assert.match(await figureText(page, /6,78 %/), /6,78 %/);
    assert.equal(await page.getByText('6,83').count(), 0);
    await look(page, 'unit-as-of');
    await page.getByRole('button', { name: 'Về số mới nhất' }).click();
    await page.goto(`${url}/units/${encodeURIComponent(kProvince)}?on=${kOn}`);
    await figureText(page, /6,83 %/);
    assert.equal(await page.getByText('6,78').count(), 0);
    const history = page.locator('section', { has: page.getByRole('heading', { name: 'Lịch sử sửa số' }) });
    await history.getByText('68.400').waitFor(); // what stood before
    assert.match((await history.innerText()).replace(/\s+/g, ' '), /68\.912 máy đã cài, chốt hết 19\/8\/2020, thay cho .*68\.400/);

    // A correction made here: the page of the figure asks for a number that means one thing, and for the reason.
    await page.goto(`${url}/figures/101-1597856400000-2`);
    await heading(page, 'Tỉnh Trà Vinh: máy đã cài');
    await look(page, 'figure');
    await page.getByLabel('Số đúng').fill('69.0');
    await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
    await page.getByText('Không đọc được. Nhập số nguyên không âm').waitFor();
    await page.getByText('Hãy ghi lý do').waitFor();
    await page.getByLabel('Số đúng').fill('69.005');
    await page.getByLabel('Lý do sửa').fill('đếm sót một xã');
    await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
    await page.waitForURL(/101-1597856400000-3$/);
    await page.getByText('6,84').first().waitFor(); // 69005 / 1009168
    await page.goto(`${url}/figures/101-1597856400000-3?as_of=2020-08-21`);
    await page.getByText('Theo những gì đã biết đến hết 21/8/2020, số dùng là').waitFor();
    await page.getByText('6,78').first().waitFor();
    const versions = page.getByRole('table').locator('tbody tr');
    assert.equal(await versions.count(), 3);
    await look(page, 'figure-as-of');

    // Targets: two readings of one sentence, one is chosen.
    await page.goto(`${url}/targets?on=${kOn}&as_of=2020-08-21`);
    await page.getByText('Câu này đọc được 2 cách').waitFor();
    await page.getByText('436.184').first().waitFor();
    await page.getByText('không tính được: chưa có “Số người dùng điện thoại thông minh” của 84').waitFor();
    await look(page, 'targets');
    await page.goto(`${url}/targets?on=${kOn}`);
    await page.getByRole('article', { name: 'trên dân số' }).getByRole('button', { name: 'Chọn cách đọc này' }).click();
    await page.getByText('Đã chọn', { exact: true }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Chọn cách đọc này' }).count(), 0);

    // A body: its head, and the rate of what it answers for.
    await page.goto(`${url}/bodies/ubnd-849?on=${kOn}`);
    await heading(page, 'Ủy ban nhân dân huyện Trà Cú');
    await page.getByText('Lê Văn Bảy').waitFor();
    await page.getByText('6,75').first().waitFor();
    await look(page, 'body');
    await page.context().close();
  }

  // In English, and on the phone.
  {
    const page = await newPage(officer, 360, 740);
    await page.addInitScript(() => localStorage.setItem('bluezone-language', 'en'));
    for (const [path, name] of [
      [`/units/${encodeURIComponent(kProvince)}?on=${kOn}`, 'unit-en'],
      ['/figures/101-1597856400000-2', 'figure-en'],
      [`/targets?on=${kOn}`, 'targets-en'],
      [`/bodies/so-tttt-84?on=${kOn}`, 'body-en'],
    ]) {
      await page.goto(url + path);
      await page.waitForLoadState('networkidle');
      await page.locator('main h1').waitFor();
      await look(page, name);
    }
    await page.context().close();
  }
  done('units, figures, targets, bodies');
} finally {
  await close();
}
