// The IOC's officer on the telephone: types what the caller says, reads it back in words, finds a figure that disagrees with the file; the two
// legs are reconciled and a person decides; the report is accepted, another returned; the register says who is late.
import assert from 'node:assert/strict';

import {
  cell, close, done, dueOf, heading, invented, kDistricts, look, newPage, pageOf, picture, report, setUp, signUp, url,
} from './binh_phuoc.mjs';

const kDay = '2020-08-26';
const rowOf = (page, name) => page.locator('tbody tr', { has: page.getByText(name, { exact: true }) });

async function telephone(ioc, officer) {
  const due = dueOf('mang-a-70');
  const page = await newPage(ioc, 1280, 800);
  await page.goto(`${url}/call/${pageOf(due)}`);
  await page.getByLabel('Người gọi giữ chức gì').fill('Phòng kỹ thuật');
  // Of a call its beginning decides, and nothing else is said to.
  await page.getByText('giờ này quyết định đúng hạn').waitFor();
  assert.equal(await page.getByText('Đúng hạn tính theo giờ máy chủ').count(), 0);
  await look(page, 'call-before');
  await page.getByRole('button', { name: 'Bắt đầu cuộc gọi' }).click();
  await page.getByText(/^Cuộc gọi bắt đầu lúc 15:5\d:\d\d, 26\/8\/2020 · Phòng kỹ thuật$/).waitFor();
  for (const [i, [, , number]] of kDistricts.entries()) {
    await cell(page, i).fill(String(i === 0 ? 9320 : number + 100));
    await cell(page, i).press('Enter');
  }
  // 9.320 where the file says 9.310.
  const first = rowOf(page, 'Thị xã Phước Long');
  await first.getByText('chín nghìn ba trăm hai mươi', { exact: true }).waitFor();
  await first.getByText('Số trong tệp: 9.310').waitFor();
  await rowOf(page, 'Thành phố Đồng Xoài').getByText('mười tám nghìn năm trăm', { exact: true }).waitFor();

  // All but one agreed: no report, and it says which to ask again.
  for (const [i, [, name]] of kDistricts.entries()) {
    await rowOf(page, name).getByLabel(i === 4 ? 'Chưa' : 'Đồng ý', { exact: true }).check();
  }
  await page.getByText('Còn 1 dòng chưa đồng ý.').waitFor();
  await page.getByRole('button', { name: 'Kết thúc, ghi báo cáo' }).click();
  await page.getByText('Hỏi lại: Huyện Lộc Ninh.').waitFor();
  const before = await officer.get(`/campaign/v1/dues?on=${kDay}&body=mang-a-70`);
  assert.equal(before.dues.find((one) => one.id === due).phone.versions, 0);
  await look(page, 'call-to-ask');
  // A number that was changed is to be read back again.
  await cell(page, 4).fill('16.005');
  await cell(page, 4).press('Enter');
  await rowOf(page, 'Huyện Lộc Ninh').getByText('mười sáu nghìn không trăm linh năm', { exact: true }).waitFor();
  await rowOf(page, 'Huyện Lộc Ninh').getByLabel('Đồng ý', { exact: true }).check();
  await cell(page, 5).fill('7.551');
  await cell(page, 5).press('Enter');
  await page.getByText('Còn 1 dòng chưa đồng ý.').waitFor();
  await cell(page, 5).fill('7.550');
  await cell(page, 5).press('Enter');
  await page.getByText('Mọi dòng đều đã đồng ý.').waitFor();
  await page.getByRole('button', { name: 'Kết thúc, ghi báo cáo' }).click();
  await heading(page, 'Đã nhận báo cáo');
  const shown = await page.locator('.receipt').innerText();
  assert.match(shown, /BC-2020-\d{6}/);
  assert.match(shown, /đúng hạn/);
  assert.match(shown, /Cuộc gọi bắt đầu lúc\s+15:5\d:\d\d, 26\/8\/2020/);
  assert.doesNotMatch(shown, /Máy chủ nhận lúc/);
  await look(page, 'call-receipt');

  // From there to the reconciliation: two cells differ.
  await page.getByRole('link', { name: 'Đối chiếu' }).last().click();
  await page.getByText('2 ô khác nhau').waitFor();
  await look(page, 'reconciliation');
  await page.getByRole('button', { name: 'Quyết định Thị xã Phước Long' }).click();
  await page.getByLabel('Lấy số điện thoại').check();
  await page.getByRole('button', { name: 'Quyết định', exact: true }).click();
  await page.getByText('Hãy ghi lý do.').waitFor();
  await page.getByLabel('Lý do').fill('người gọi đọc lại từ sổ gốc');
  await look(page, 'reconciliation-decide');
  await page.getByRole('button', { name: 'Quyết định', exact: true }).click();
  await page.getByText('Đã quyết định Thị xã Phước Long.').waitFor();
  await page.getByText('1 ô khác nhau').waitFor();
  const { reconciliations } = await officer.get(`/campaign/v1/reconciliations?due=${due}`);
  const [decided] = reconciliations[0].cells;
  assert.deepEqual([decided.phone, decided.file, decided.counting, decided.is_decided], [9320, 9310, 9320, true]);
  await page.context().close();

  const phone = await newPage(ioc, 360, 800, { colorScheme: 'dark' });
  await phone.goto(`${url}/reconciliation?due=${pageOf(due)}`);
  await phone.getByText('1 ô khác nhau').waitFor();
  await look(phone, 'reconciliation-dark');
  await phone.goto(`${url}/call/${pageOf(dueOf('mang-b-70'))}`);
  await phone.getByRole('button', { name: 'Bắt đầu cuộc gọi' }).click();
  await cell(phone, 0).fill('9.400');
  await cell(phone, 0).press('Enter');
  await look(phone, 'call-dark');
  for (const width of [320, 360]) {
    const narrow = await newPage(ioc, width, 800);
    await narrow.route('**/form', invented);
    await narrow.goto(`${url}/call/${pageOf(dueOf('mang-b-70'))}`);
    await narrow.getByText('Kỳ trước (minh họa) 18.400').waitFor();
    await look(narrow, 'call-narrow');
    await narrow.context().close();
  }
  // The line is cut: why, and no report.
  await phone.getByRole('button', { name: 'Cuộc gọi bị ngắt' }).click();
  await phone.getByLabel('Vì sao cuộc gọi dừng').fill('mất sóng');
  await phone.getByRole('button', { name: 'Cuộc gọi bị ngắt' }).click();
  await phone.getByText('Cuộc gọi đã dừng, chưa có báo cáo nào.').waitFor();
  await phone.context().close();
}

async function inbox(approver, clerkB, officer) {
  const page = await newPage(approver, 1280, 800);
  await page.goto(`${url}/inbox?from=${kDay}&to=${kDay}`);
  await page.getByRole('button', { name: 'Mở Nhà mạng A Bình Phước, tệp' }).click();
  await page.getByText('9.310', { exact: true }).first().waitFor();
  // One of the two cells that differ was decided; of the other whoever accepts is told before.
  await page.getByText('Điện thoại và tệp khác nhau ở 1 ô, chưa ai quyết định.').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Huyện Lộc Ninh' }).getByText('16.005', { exact: true }).waitFor();
  await look(page, 'inbox');
  await page.getByRole('button', { name: 'Nhận báo cáo' }).click();
  await page.getByRole('button', { name: 'Gập Nhà mạng A Bình Phước, tệp' }).waitFor({ state: 'detached' });
  // Of the call, that its number does not count there.
  await page.getByRole('button', { name: 'Mở Nhà mạng A Bình Phước, điện thoại' }).click();
  await page.getByText('Ở 1 ô, số đang tính không phải số qua điện thoại.').waitFor();
  await look(page, 'inbox-call');
  await page.getByRole('button', { name: 'Gập Nhà mạng A Bình Phước, điện thoại' }).click();

  const said = page.getByRole('status').filter({ hasText: 'Đã nhận Nhà mạng A Bình Phước (tệp).' });
  assert.equal(await said.getByRole('link', { name: 'Xem' }).getAttribute('href'), `/report/${pageOf(dueOf('mang-a-70'))}`);

  // Meanwhile its clerk corrects it: the newest is a click away.
  await page.getByRole('button', { name: 'Mở Nhà mạng B Bình Phước, tệp' }).click();
  await page.getByText('18.430', { exact: true }).first().waitFor();
  const newer = { ...report('mang-b-70', kDay, 30), reason: 'đếm lại Đồng Xoài' };
  newer.lines[1].values[0].number = 18431;
  await clerkB.post('/campaign/v1/reports', newer, { 'Idempotency-Key': 'tep-b-2' });
  await page.getByRole('button', { name: 'Nhận báo cáo' }).click();
  await page.getByText('Đã có bản mới hơn. Hãy mở bản mới nhất.').waitFor();
  await page.getByRole('button', { name: 'Mở bản mới nhất' }).click();
  await page.getByText('18.431', { exact: true }).first().waitFor();
  assert.equal(await page.getByText('Đã có bản mới hơn.').count(), 0);
  await page.getByRole('button', { name: 'Trả lại' }).click();
  await page.getByLabel('Vì sao trả lại').waitFor();
  await page.getByRole('button', { name: 'Trả lại' }).click();
  await page.getByText('Hãy ghi lý do.').waitFor();
  await page.getByLabel('Vì sao trả lại').fill('thiếu số của Đồng Xoài');
  await picture(page, 'inbox-return');
  await page.getByRole('button', { name: 'Trả lại' }).click();
  await page.getByRole('button', { name: 'Gập Nhà mạng B Bình Phước, tệp' }).waitFor({ state: 'detached' });

  // Who may not hand it in is not offered to correct it.
  await page.getByText('Đã trả lại Nhà mạng B Bình Phước (tệp).').waitFor();
  await page.goto(`${url}/report/${pageOf(dueOf('mang-a-70'))}`);
  await page.getByText('Tài khoản này xem được kỳ báo cáo này nhưng không nộp thay được.').waitFor();
  await heading(page, 'Đã nhận báo cáo');
  assert.equal(await page.getByRole('button', { name: 'Sửa báo cáo này' }).count(), 0);
  await look(page, 'report-approver');
  await page.context().close();
  const { dues } = await officer.get(`/campaign/v1/dues?on=${kDay}`);
  const legOf = (body) => dues.find((one) => one.id === dueOf(body)).file;
  assert.deepEqual([legOf('mang-a-70').is_accepted, legOf('mang-b-70').is_returned], [true, true]);

  // Its clerk reads why, mends and sends again.
  const clerk = await newPage(clerkB, 360, 800);
  await clerk.goto(`${url}/inbox?from=${kDay}&to=${kDay}`);
  await clerk.getByRole('heading', { level: 1 }).waitFor();
  await look(clerk, 'inbox-clerk');
  await clerk.getByRole('link', { name: 'Điền và gửi' }).click();
  await clerk.getByText('Báo cáo bị trả lại: thiếu số của Đồng Xoài').waitFor();
  assert.equal(await cell(clerk, 0).inputValue(), '9.240');
  await cell(clerk, 1).fill('18.450');
  await clerk.getByRole('button', { name: 'Gửi' }).click();
  await heading(clerk, 'Đã nhận báo cáo');
  await clerk.context().close();
}

// Once accepted they differ as before, each with who decided it and why; and the page of a figure marks the file's number, though the
// call came after it.
async function afterwards(approver, officer) {
  const page = await newPage(approver, 1280, 800);
  await page.goto(`${url}/reconciliation?on=${kDay}`);
  await page.getByText('2 ô khác nhau, đã quyết định').waitFor();
  const decided = rowOf(page, 'Thị xã Phước Long');
  await decided.getByText('khác nhau, đã quyết định').waitFor();
  await decided.getByText('truc.ban: người gọi đọc lại từ sổ gốc').waitFor();
  await rowOf(page, 'Huyện Lộc Ninh').getByText('nguoi.duyet: nhận báo cáo').waitFor();
  assert.equal(await page.getByText('khớp', { exact: true }).count(), kDistricts.length - 2);
  await look(page, 'reconciliation-accepted');

  const { reconciliations } = await officer.get(`/campaign/v1/reconciliations?on=${kDay}`);
  const { cell: counts } = reconciliations[0].cells.find((one) => one.is_by_acceptance);
  const { versions } = await officer.get(`/campaign/v1/figures/${counts}`);
  const call = versions.find((one) => one.leg === 'phone');
  await page.goto(`${url}/figures/${call.id}`);
  await page.getByText('đã có bản mới hơn').first().waitFor();
  const counted = page.getByRole('row').filter({ has: page.getByText('số dùng', { exact: true }) });
  await counted.getByText('nguoi.duyet').waitFor();
  assert.equal(await counted.count(), 1);
  await page.context().close();
}

// The file was there first: the call that came after it is not the number that counts.
async function callAfterFile(officer) {
  const { reconciliations } = await officer.get(`/campaign/v1/reconciliations?due=${dueOf('mang-a-70')}`);
  const flagged = reconciliations[0].cells.find((one) => one.is_flagged);
  const { counts, versions } = await officer.get(`/campaign/v1/figures/${flagged.cell}`);
  const [file, call] = versions;
  assert.deepEqual([file.leg, call.leg, counts], ['file', 'phone', file.id]);
  const page = await newPage(officer, 1280, 800);
  await page.goto(`${url}/figures/${file.id}`);
  const counted = page.getByRole('row').filter({ has: page.getByText('số dùng', { exact: true }) });
  await counted.getByText('đang xem').waitFor();
  assert.equal(await counted.count(), 1);
  assert.equal(await page.getByText('đã có bản mới hơn').count(), 0);
  await page.getByRole('button', { name: 'Gửi bản sửa' }).waitFor(); // what counts may be corrected
  await page.goto(`${url}/figures/${call.id}`);
  await page.getByText(/^Số dùng là/).waitFor();
  await page.getByText('không phải số dùng').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Gửi bản sửa' }).count(), 0);
  await look(page, 'figure-call-after-file');
  await page.context().close();
}

async function register(officer) {
  for (const [width, language] of [
    [1280, 'vi'],
    [360, 'en'],
  ]) {
    const page = await newPage(officer, width, 800);
    await page.goto(`${url}/registers?from=2020-08-25&to=${kDay}&task=hanh-trinh`);
    await page.getByText('Nhà mạng B Bình Phước').first().waitFor();
    if (language === 'en') {
      await page.getByRole('button', { name: 'Danh mục' }).click();
      await page.getByRole('button', { name: 'English' }).click();
    }
    await look(page, `registers-${language}`);
    if (language === 'vi') {
      const asked = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Tải CSV' }).click();
      const chunks = [];
      for await (const chunk of await (await asked).createReadStream()) chunks.push(chunk);
      const csv = Buffer.concat(chunks).toString('utf8');
      assert.match(csv, /^\ufeff"Cơ quan","Yêu cầu","Hạn"/);
      assert.match(csv, /"Nhà mạng A Bình Phước","hanh-trinh","2020-08-25 16:00","chưa nộp, thiếu điện thoại"/);
      assert.equal(csv.trim().split('\r\n').length, 5);
    }
    await page.context().close();
  }
}

try {
  const { officer, clerkA, clerkB } = await setUp();
  const ioc = await signUp('truc.ban', [
    { role: 'duty', scope: '70@2020-06-01' },
    { role: 'officer', scope: '70@2020-06-01' },
  ]);
  const approver = await signUp('nguoi.duyet', [{ role: 'approver', scope: '70@2020-06-01' }]);
  await clerkA.post('/campaign/v1/reports', withOne(report('mang-a-70', kDay, 100), 9310), { 'Idempotency-Key': 'tep-a' });
  await clerkB.post('/campaign/v1/reports', report('mang-b-70', kDay, 30), { 'Idempotency-Key': 'tep-b' });
  await telephone(ioc, officer);
  await callAfterFile(officer);
  await inbox(approver, clerkB, officer);
  await afterwards(approver, officer);
  await register(officer);
  done('the telephone and the two legs');
} finally {
  await close();
}

function withOne(whole, first) {
  whole.lines[0].values[0].number = first;
  return whole;
}
