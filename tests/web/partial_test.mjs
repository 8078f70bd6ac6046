// What is not whole, not sure or not shown says so: a report of ten of eleven rows to the clerk, at home and to the approver; a
// correction with its reason; the operators' range on the wall; and a wall of which one sees nothing, or nothing new.
import assert from 'node:assert/strict';

import { close, done, dueOf, heading, kDistricts, look, newPage, pageOf, report, setUp, signUp, subjectOf, url } from './binh_phuoc.mjs';

const text = (page) => page.locator('main').innerText();
const has = async (page, ...wanted) => {
  for (const one of wanted) await page.locator('main').getByText(one).first().waitFor();
};
const kBinhPhuoc = '70@2020-06-01';
const due = dueOf('mang-a-70');

// Ten rows are on record: not "on time", and the clock goes on.
async function clerkSeesIt(clerk) {
  const page = await newPage(clerk, 1280, 900);
  await page.goto(`${url}/report/${pageOf(due)}`);
  await heading(page, 'Đã nhận bản chưa đủ, chưa tính là đã nộp');
  await has(page, 'Thiếu 1 dòng: Huyện Phú Riềng', 'Kỳ này còn thiếu: điện thoại');
  assert.doesNotMatch(await text(page), /đúng hạn/);
  assert.match(await page.locator('.head').innerText(), /còn \d/);
  await look(page, 'partial-receipt');
  await page.goto(url);
  await has(page, 'còn thiếu: điện thoại, tệp chưa đủ (thiếu 1 dòng)', 'Biểu mẫu số 1');
  await look(page, 'partial-home');
  await page.context().close();
}

async function approverSeesIt(approver) {
  const page = await newPage(approver, 1280, 900);
  await page.goto(url);
  await page.locator('li', { hasText: 'báo cáo chờ duyệt' }).waitFor(); // before anything is opened
  await page.goto(`${url}/inbox`);
  const one = page.locator('article', { hasText: 'Nhà mạng A' }).filter({ hasText: '26/8/2020' });
  await one.getByText('chưa đủ', { exact: true }).waitFor();
  await one.getByText('(thiếu 1 dòng, tệp)').waitFor();
  assert.doesNotMatch(await one.innerText(), /đúng hạn|đã nộp/);
  await one.getByRole('button', { name: /^Mở/ }).click();
  await one.getByText('Thiếu 1 dòng: Huyện Phú Riềng; chưa tính là đã nộp.').waitFor();
  // Before the button, not below it.
  const top = async (what) => (await what.boundingBox()).y;
  assert.ok((await top(one.getByText('Thiếu 1 dòng:'))) < (await top(one.getByRole('button', { name: 'Nhận báo cáo' }))));
  await look(page, 'partial-inbox');
  await page.context().close();
}

async function approverSeesACorrection(approver, clerk) {
  await clerk.post('/campaign/v1/reports', { ...report('mang-a-70', '2020-08-26', 20), reason: 'thêm huyện Phú Riềng' }, { 'Idempotency-Key': 'ban-du' });
  const page = await newPage(approver, 1280, 900);
  await page.goto(`${url}/inbox`);
  const one = page.locator('article', { hasText: 'Nhà mạng A' }).filter({ hasText: '26/8/2020' });
  await one.getByText('đúng hạn').waitFor();
  await one.getByRole('button', { name: /^Mở/ }).click();
  await one.getByText('Bản sửa (bản thứ 2), vì: thêm huyện Phú Riềng').waitFor();
  assert.equal(await one.getByText('Thiếu 1 dòng').count(), 0);
  await page.context().close();
}

// A third operator told of two districts, a day before the others.
async function wallSaysWhatTheRangeLeavesOut(officer) {
  await officer.post('/campaign/v1/bodies', { slug: 'mang-c-70', kind: 'operator', name: 'Nhà mạng C Bình Phước', unit: kBinhPhuoc });
  await officer.post('/campaign/v1/tasks', {
    id: 'hom-truoc', letter: '3065/UBND-CN XD', dated: '2020-08-23', path: '5.1', sentence: 'báo cáo trước 16h00 hàng ngày',
    due: 'trước 16h00 hàng ngày', first: '2020-08-24', last: '2020-08-24', legs: 'file', form: 'bm1', receiver: 'so-tttt-70',
    bodies: ['mang-c-70'], issued: '2020-08-23T10:00+07:00',
  });
  const clerk = await signUp('van.thu.c', [{ role: 'clerk', scope: 'mang-c-70' }]);
  const two = kDistricts.slice(0, 2).map(([code]) => ({ subject: subjectOf(code), values: [{ column: 'installed', number: 450 }] }));
  const dues = [`hom-truoc:mang-c-70:${Date.parse('2020-08-24T16:00+07:00')}`];
  await clerk.post('/campaign/v1/reports', { body: 'mang-c-70', form: 'bm1', dues, lines: two }, { 'Idempotency-Key': 'hai-huyen' });
  const page = await newPage(officer, 1280, 900);
  await page.goto(`${url}/wall/70`);
  await has(page, 'cũ nhất đến 16:00, 24/8/2020');
  // A has 137.110 and 20 more of each of eleven; two more operators are the seed's, and invented.
  const said = (await text(page)).replace(/\s+/g, ' ');
  assert.match(said, /Nhà mạng 5 ?\/ ?6: minh họa 137\.330 đến minh họa 442\.930 SIM trong đó 1 chưa đủ đơn vị/);
  assert.match(said, /Có số minh họa/);
  await look(page, 'partial-wall');
  await page.context().close();
}

async function chairmanOfAnotherProvince() {
  const leader = await signUp('chu.tich', [{ role: 'leader', scope: '84@2020-06-01' }]);
  const page = await newPage(leader, 1280, 900);
  // A week old is not nothing: the newest day, and which that is.
  await page.goto(`${url}/wall/84`);
  await has(page, '68.912', 'số cũ, mới nhất đến hết 19/8/2020');
  assert.doesNotMatch(await text(page), /Chưa có số nào/);
  await look(page, 'partial-newest');
  // Not his: said alike where there is something and where there is nothing.
  for (const unit of ['70', '66']) {
    await page.goto(`${url}/wall/${unit}`);
    await has(page, 'Tài khoản này không xem được số của nhà mạng ở đây', 'Tài khoản này không xem được hạn nộp của cơ quan khác ở đây.');
    assert.doesNotMatch(await text(page), /Chưa có số nào|Không có hạn nào/);
  }
  await page.goto(`${url}/reconciliation`);
  await has(page, 'Tài khoản này không xem được đối chiếu của cơ quan khác ở đây.');
  await page.context().close();
}

try {
  const { officer, clerkA } = await setUp();
  const approver = await signUp('duyet', [{ role: 'approver', scope: kBinhPhuoc }]);
  const ten = report('mang-a-70', '2020-08-26', 20);
  ten.lines.pop();
  await clerkA.post('/campaign/v1/reports', ten, { 'Idempotency-Key': 'muoi-dong' });
  await clerkSeesIt(clerkA);
  await approverSeesIt(approver);
  await approverSeesACorrection(approver, clerkA);
  await wallSaysWhatTheRangeLeavesOut(officer);
  await chairmanOfAnotherProvince();
  done('what is not whole or not shown');
} finally {
  await close();
}
