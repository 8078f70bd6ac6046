// The chairman's wall, in Chromium against a real server with August 2020 in it: where Trà Vinh stood as it was known on the 21st,
// the correction after it, looking back day by day, the country with its archipelagos, paper, a file for Excel, a screen that lives
// by a link, and a line that drops.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { close, done, forgive, heading, look, newPage, picture, signUp, url } from './portal.mjs';

const kLetter = 'on=2020-08-19&as_of=2020-08-21'; // as the letter of 21/8/2020 saw it
const text = (page) => page.locator('main').innerText();
const has = async (page, ...wanted) => {
  for (const one of wanted) await page.locator('main').getByText(one).first().waitFor();
};
// Nothing to scroll: all of it is read from a chair.
const fits = (page) =>
  page.evaluate(() => document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth);

try {
  const leader = await signUp('chu.tich', [{ role: 'leader', scope: '84@2020-06-01' }]);

  // 1. Where we stand, at every width; the figures are those of docs/tour.md.
  for (const [width, height, colorScheme] of [
    [3840, 2160, 'light'],
    [1920, 1080, 'dark'],
    [1024, 768, 'light'],
    [360, 740, 'light'],
  ]) {
    const page = await newPage(leader, width, height, { colorScheme });
    await page.goto(`${url}/wall/84?${kLetter}&full=1`);
    await has(page, '68.400', '1.009.168', '436.184', '21/2/2021');
    const said = await text(page);
    assert.match(said, /6,78\s%/);
    assert.match(said, /14\s%/); // of the path: under half of it
    assert.match(said, /theo tiến độ 47,06\s%/);
    assert.match(said, /không tính được, chưa có mẫu số/); // the other reading
    // Nine districts sent nothing: hatched, and in words.
    assert.equal(await page.locator('.tile.none').count(), 9);
    assert.equal(await page.locator('.tile.class-1').count(), 0);
    await look(page, `wall-${colorScheme}`);
    if (width >= 1920) assert.ok(await fits(page), `the wall does not fit ${width} x ${height}`);
    await page.context().close();
  }

  // 2. The correction of 22/8 counts from then on; the day before still stands.
  const page = await newPage(leader, 1280, 800);
  await page.goto(`${url}/wall/84?on=2020-08-19`);
  await has(page, '68.912');
  assert.match(await text(page), /6,83\s%/);
  const slider = page.getByRole('slider');
  await slider.focus();
  await page.keyboard.press('ArrowLeft');
  await has(page, '66.050');
  assert.match(page.url(), /on=2020-08-18/);
  await page.getByLabel('Ngày', { exact: true }).fill('19/8/2020');
  await page.keyboard.press('Tab');
  await has(page, '68.912');
  await page.getByLabel('Biết đến ngày').fill('31/2/2020');
  await page.keyboard.press('Tab');
  assert.equal(await page.getByLabel('Biết đến ngày').getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Biết đến ngày').fill('21/8/2020');
  await page.keyboard.press('Tab');
  await has(page, '68.400');
  await look(page, 'wall-header');

  // A number leads to its page, a tile to the district's wall, for the same day.
  assert.match(await page.locator('.sentence a').first().getAttribute('href'), /^\/figures\/101-1597856400000-1$/);
  assert.match(await page.locator('a.tile').first().getAttribute('href'), /^\/wall\/844%402020-06-01\?on=2020-08-19/);

  // 3. A file for Excel: its mark, Vietnamese heads, a comma before the decimals.
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Tải CSV' }).click();
  const file = await (await download).path();
  const csv = readFileSync(file);
  assert.deepEqual([...csv.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const lines = csv.subarray(3).toString('utf8').trimEnd().split('\r\n');
  assert.match(lines[0], /^Hạng;Mã đơn vị;Tên đơn vị;Số máy đã cài;/);
  assert.match(lines[1], /^;84;Tỉnh Trà Vinh;68400;1009168;6,78;2350;16450;/);
  assert.equal(lines.length, 1 + 1 + 9);
  assert.match(lines[2], /;chưa có số$/);

  // 4. On paper: one A4, with its sources.
  await page.emulateMedia({ media: 'print' });
  await has(page, 'Nguồn', 'Tổng điều tra 1/4/2019');
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  assert.equal([...pdf.matchAll(/\/Type\s*\/Page\b/g)].length, 1);
  await picture(page, 'wall-print');
  await page.emulateMedia({ media: 'screen' });

  // 5. The other language.
  await page.getByRole('button', { name: 'English' }).click();
  await has(page, '68,400', '1,009,168', '21 Feb 2021');
  assert.match(await text(page), /6\.78\s%/);
  await look(page, 'wall-english');
  await page.getByRole('button', { name: 'Tiếng Việt' }).click();

  // 6. Twenty-eight days, and who has not reported.
  // By its key: the code 84 means nothing today.
  await page.goto(`${url}/wall/84@2020-06-01?${kLetter}`);
  await page.getByRole('button', { name: '28 ngày' }).click();
  await page.locator('canvas').waitFor();
  await page.locator('summary', { hasText: 'Từng ngày' }).click();
  assert.equal(await page.locator('details tbody tr').count(), 28);
  await has(page, '66.050');
  await look(page, 'wall-days');
  await page.getByRole('button', { name: 'Về hôm nay' }).click();
  await page.getByRole('button', { name: 'Ai chưa nộp' }).click();
  await heading(page, 'Ai chưa nộp');
  await has(page, 'Đơn vị này không còn từ 1/7/2025.');
  await look(page, 'wall-silent');

  // A code that nobody has any longer is that of who had it last, on its last day, and says where its figures and its people are.
  await page.goto(`${url}/wall/84`);
  await heading(page, 'Tỉnh Trà Vinh');
  await has(page, 'Đơn vị này không còn từ 1/7/2025.', 'Đang xem ngày cuối cùng, 30/6/2025.', 'chưa có số máy đã cài');
  assert.match(await page.getByRole('link', { name: 'Tỉnh Vĩnh Long' }).getAttribute('href'), /^\/wall\/86%402025-07-01$/);
  await look(page, 'wall-gone');
  await page.getByRole('button', { name: 'Xem số mới nhất, hết 19/8/2020' }).click();
  await has(page, '68.912');
  assert.match(page.url(), /\/wall\/84\?on=2020-08-19$/);
  await page.context().close();

  // 7. Every map of the country names Hoàng Sa and Trường Sa, before and after July 2025, on screen and on paper.
  const country = await newPage(await signUp('ca.nuoc', [{ role: 'leader', scope: 'VN' }]), 1920, 1080);
  for (const [query, tiles] of [
    ['?on=2020-08-19&full=1', 63],
    ['?full=1', 34],
  ]) {
    await country.goto(`${url}/wall/VN${query}`);
    await country.locator('.tile').first().waitFor();
    assert.equal(await country.locator('.tile').count(), tiles + 2);
    for (const media of ['screen', 'print']) {
      await country.emulateMedia({ media });
      for (const [island, province] of [
        ['Hoàng Sa', 'Đà Nẵng'],
        ['Trường Sa', 'Khánh Hòa'],
      ]) {
        const tile = country.locator('.tile', { hasText: island });
        assert.ok(await tile.isVisible(), `${island} is missing, ${media}, ${tiles}`);
        assert.match(await tile.innerText(), new RegExp(`${island}\\s*\\(${province}\\)`));
      }
    }
    await country.emulateMedia({ media: 'screen' });
    await look(country, `country-${tiles}`);
    assert.ok(await fits(country), `the country of ${tiles} does not fit`);
    // No two on one place.
    const places = await country.locator('.tiles > li').evaluateAll((all) =>
      all.map((one) => `${getComputedStyle(one).gridColumnStart} ${getComputedStyle(one).gridRowStart}`));
    assert.equal(new Set(places).size, places.length);
  }
  await country.context().close();

  // 8. A screen by its link: no log-in, no way on, its own unit alone; and no longer once revoked.
  const { link, token, path } = await leader.post('/campaign/v1/viewer-links', {
    unit: '84@2020-06-01',
    name: 'Phòng họp tầng 2',
    until: new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10),
  });
  const screen = await newPage(undefined, 1920, 1080);
  await screen.goto(`${url}${path}?${kLetter}`);
  await has(screen, '68.400', 'Sở Thông tin và Truyền thông tỉnh Trà Vinh'); // not its code
  assert.equal(await screen.locator('main a[href]').count(), 0);
  assert.equal(await screen.locator('header').count(), 0);
  assert.deepEqual(await screen.context().cookies(), []);
  assert.ok(await fits(screen));
  await look(screen, 'screen');
  // Without a day, where today has nothing: the newest that has figures, and which that is; whoever comes near may have the other language.
  await screen.goto(`${url}${path}`);
  await has(screen, '68.912', 'số cũ, mới nhất đến hết 19/8/2020', 'Đơn vị này không còn từ 1/7/2025.');
  assert.equal(await screen.getByText('Đang xem ngày cuối cùng').count(), 0);
  assert.equal(await screen.getByText('chưa có số máy đã cài').count(), 0);
  assert.ok(await fits(screen));
  await look(screen, 'screen-newest');
  await screen.mouse.move(300, 300);
  await screen.getByRole('button', { name: 'English' }).click();
  await has(screen, '68,912', 'old figures, up to the end of 19 Aug 2020');
  await look(screen, 'screen-english');
  await screen.getByRole('button', { name: 'Tiếng Việt' }).click();
  const other = await fetch(`${url}/campaign/v1/wall?unit=70&on=2020-08-19`, { headers: { 'x-viewer-link': token } });
  assert.equal(other.status, 403);
  await leader.post(`/campaign/v1/viewer-links/${link.id}/revoke`);
  await screen.reload();
  await has(screen, 'Liên kết này không còn dùng được.');
  await screen.getByRole('button', { name: 'English' }).click();
  await has(screen, 'This link is not good any more.');
  await look(screen, 'screen-revoked');
  await screen.context().close();

  // 9. The line drops: the numbers stay, and it says since when; they are live again by themselves.
  const dropping = await newPage(leader, 1280, 800);
  await dropping.goto(`${url}/wall/84?${kLetter}`);
  await has(dropping, '68.400', 'trực tiếp');
  await dropping.context().setOffline(true);
  await dropping.getByText(/cũ từ \d\d:\d\d/).first().waitFor();
  await has(dropping, '68.400');
  await look(dropping, 'wall-stale');
  await dropping.context().setOffline(false);
  await has(dropping, 'trực tiếp');
  forgive(/ERR_INTERNET_DISCONNECTED/);

  // 10. What is not there is said to be not there.
  await dropping.goto(`${url}/wall/khong-co`);
  await has(dropping, 'Không có mục này.');
  await look(dropping, 'wall-none');
  await dropping.context().close();

  done('the wall');
} finally {
  await close();
}
