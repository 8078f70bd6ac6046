// What an officer sets going and a small office answers: a target out of a letter, with two readings that are both kept until one is chosen; who is
// in charge of a body; and the two forms of one row: staff who own a smartphone, and results in words.
import assert from 'node:assert/strict';

import { close, done, heading, look, newPage, signUp, url } from './portal.mjs';

const kUnit = '86@2025-07-01';
const dayOf = (ahead) => new Date(Date.now() + 7 * 3600_000 + ahead * 86_400_000).toISOString().slice(0, 10);
const vietnamese = (day) => day.split('-').map(Number).reverse().join('/');

try {
  const officer = await signUp('chuyen.vien', [
    { role: 'officer', scope: kUnit },
    { role: 'admin', scope: kUnit },
  ]);
  await officer.post('/campaign/v1/bodies', { slug: 'so-tttt-86', kind: 'department', name: 'Sở Thông tin và Truyền thông Vĩnh Long', unit: kUnit, answers_for: [kUnit] });
  await officer.post('/campaign/v1/bodies', { slug: 'truong-thpt-86', kind: 'school', name: 'Trường THPT Lưu Văn Liệt', parent: 'so-tttt-86', unit: kUnit });

  // 1. A target: what is missing is said at its field; both readings are kept; a person chooses one.
  {
    const page = await newPage(officer, 1280, 900);
    await page.goto(`${url}/targets`);
    await page.getByText('Chưa có mục tiêu nào cho nơi này.').waitFor();
    await page.getByRole('button', { name: 'Thêm mục tiêu' }).click();
    const save = page.getByRole('button', { name: 'Ghi mục tiêu' });
    await page.getByLabel('Phải đạt, phần trăm').fill('120');
    await save.click();
    await page.getByText('Viết một tỷ lệ trên 0 đến 100').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'target-percent');
    await page.getByLabel('Phải đạt, phần trăm').fill('37,5');
    await page.getByLabel('Câu trong văn bản').fill('phấn đấu đến hết năm đạt tối thiểu 37,5% người dân cài đặt');
    await page.getByLabel('Số văn bản và mục').fill('3217/UBND-VX 2');
    await page.getByLabel('Hạn, như trong văn bản').fill('bao giờ xong thì thôi');
    await page.getByLabel('Tiến độ tính từ ngày').fill(vietnamese(dayOf(-1)));
    await page.getByLabel('Chữ đọc được hơn một cách').fill('người dân');
    await page.getByLabel('Tỷ lệ cài trên số người dùng điện thoại thông minh').check();
    await page.getByText('2 cách đọc sẽ được giữ bên nhau.').waitFor();
    await page.locator('#target-source option', { hasText: 'Sở Thông tin và Truyền thông Vĩnh Long' }).waitFor({ state: 'attached' });
    assert.equal(await page.locator('#target-source').inputValue(), 'department:so-tttt-86', 'who answers for the place counts first');
    await save.click();
    await page.locator('#target-due-fault', { hasText: 'Không hiểu thời hạn này.' }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.id), 'target-due');
    await look(page, 'target-add');
    await page.getByLabel('Hạn, như trong văn bản').fill(`đến ngày ${vietnamese(dayOf(30))}`);
    await save.click();
    await page.getByText(/^Đã ghi: Tỷ lệ cài trên dân số; Tỷ lệ cài trên số người dùng/).waitFor();
    await page.getByText('Câu này đọc được 2 cách; tất cả được giữ đến khi có người chọn.').waitFor();
    const { targets } = await officer.get(`/campaign/v1/targets?subject=${kUnit}`);
    assert.deepEqual(targets.map((one) => [one.hundredths, one.reading_of, one.source]), Array(2).fill([3750, 'người dân', 'department:so-tttt-86']));
    // The same once more is refused, with the reason.
    await page.getByLabel('Tỷ lệ cài trên dân số').check();
    await save.click();
    await page.getByRole('alert').getByText('this target is there already').waitFor();
    await page.getByRole('button', { name: 'Chọn cách đọc này' }).first().click();
    await page.getByText(/^Đã bỏ lúc/).waitFor();
    await look(page, 'targets-chosen');
    await page.context().close();
    const phone = await newPage(officer, 360, 740, { colorScheme: 'dark' });
    await phone.goto(`${url}/targets`);
    await phone.getByRole('button', { name: 'Thêm mục tiêu' }).click();
    await phone.getByLabel('Tỷ lệ cài trên dân số').waitFor();
    await look(phone, 'target-add');
    await phone.context().close();
  }

  // 2. Who is in charge, and who is from now on.
  {
    const page = await newPage(officer, 1280, 900);
    await page.goto(`${url}/people`);
    const body = page.locator('#post-body');
    await body.fill('khong-co');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await page.getByText('Không có cơ quan này').waitFor();
    await body.fill('truong-thpt-86');
    await page.getByRole('button', { name: 'Xem', exact: true }).click();
    await page.getByText('Chưa ghi ai.').waitFor();
    const keep = page.getByRole('button', { name: 'Ghi người giữ chức' });
    await keep.click();
    await page.getByText('Ghi chức vụ.').waitFor();
    for (const [name, contact] of [
      ['Bà Mẫu', '02703 000 001'],
      ['Ông Mẫu', 'ong.mau@example.vn'],
    ]) {
      if (name === 'Ông Mẫu') await page.getByRole('button', { name: 'Đổi người: Hiệu trưởng' }).click();
      else await page.locator('#post-post').fill('Hiệu trưởng');
      await page.locator('#post-name').fill(name);
      await page.locator('#post-contact').fill(contact);
      await keep.click();
      await page.getByRole('row', { name: new RegExp(`Hiệu trưởng ${name}`) }).waitFor();
    }
    assert.equal(await page.getByText('Bà Mẫu').count(), 0, 'the one before holds it no more');
    await look(page, 'posts');
    await page.context().close();
  }

  // 3. The forms of one row.
  const tomorrow = dayOf(1);
  for (const form of ['owners', 'result']) {
    await officer.post('/campaign/v1/tasks', {
      id: `viec-${form}`,
      letter: '3065/UBND-CN XD',
      dated: dayOf(0),
      path: form === 'owners' ? '3' : '4',
      sentence: 'báo cáo hàng ngày',
      due: 'trước 16h00 hàng ngày',
      first: dayOf(0),
      last: dayOf(3),
      legs: 'file',
      form,
      receiver: 'so-tttt-86',
      bodies: ['truong-thpt-86'],
      issued: `${dayOf(-1)}T08:00+07:00`,
    });
  }
  const clerk = await signUp('van.thu.truong', [{ role: 'clerk', scope: 'truong-thpt-86' }]);
  const due = (form) => `viec-${form}:truong-thpt-86:${Date.parse(`${tomorrow}T16:00+07:00`)}`;
  const open = async (form, width, more) => {
    const page = await newPage(clerk, width, 800, more);
    await page.goto(`${url}/report/${encodeURIComponent(due(form))}`);
    await page.locator('#cell-0-note').waitFor();
    return page;
  };
  {
    const page = await open('owners', 1280);
    const cell = (column) => page.locator(`#cell-0-${column}`);
    // Enter goes on to the next field, as in one column.
    await cell('headcount').focus();
    for (const number of ['62', '58', '71', '49']) {
      await page.keyboard.type(number);
      await page.keyboard.press('Enter');
    }
    assert.equal(await page.evaluate(() => document.activeElement.id), 'cell-0-relatives');
    await look(page, 'owners');
    // More installed than own one: the server says it at the cell.
    await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
    await page.locator('#cell-0-installed-said').waitFor();
    await look(page, 'owners-fault');
    await cell('installed').fill('51');
    await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
    await heading(page, 'Đã nhận báo cáo');
    await look(page, 'owners-receipt');
    const { dues } = await officer.get(`/campaign/v1/dues?on=${tomorrow}&body=truong-thpt-86`);
    const { report } = await officer.get(`/campaign/v1/reports/${dues.find((one) => one.id === due('owners')).file.report}`);
    assert.deepEqual(report.lines[0].cells.map((one) => [one.column, one.number]), [['headcount', 62], ['owners', 58], ['installed', 51], ['bluetooth_on', 49]]);
    await page.context().close();
    const phone = await open('owners', 360, { colorScheme: 'dark' });
    await look(phone, 'owners');
    await phone.context().close();
  }
  {
    const page = await open('result', 1280);
    assert.equal(await page.getByRole('button', { name: 'Gửi báo cáo' }).getAttribute('aria-disabled'), 'true', 'nothing is there to send');
    await page.locator('#cell-0-results').fill('Đã phát động ở 31 lớp.\nPhụ huynh 12 lớp đã cài.');
    await page.locator('#cell-0-difficulties').fill('Nhiều máy không có Bluetooth năng lượng thấp.');
    await look(page, 'result');
    await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
    await heading(page, 'Đã nhận báo cáo');
    await look(page, 'result-receipt');
    const { dues } = await officer.get(`/campaign/v1/dues?on=${tomorrow}&body=truong-thpt-86`);
    const { report } = await officer.get(`/campaign/v1/reports/${dues.find((one) => one.id === due('result')).file.report}`);
    assert.equal(report.lines[0].cells[0].words, 'Đã phát động ở 31 lớp.\nPhụ huynh 12 lớp đã cài.');
    await page.context().close();
    const phone = await newPage(clerk, 360, 740);
    await phone.goto(`${url}/report/${encodeURIComponent(due('result'))}`);
    await heading(phone, 'Đã nhận báo cáo');
    await look(phone, 'result-receipt');
    await phone.context().close();
  }
  done('targets, posts, forms of one row');
} finally {
  await close();
}
