// The clerk at 15:5x: types, pastes from a spreadsheet, loses the line and the session before the report is sent, and has one report and one
// receipt all the same; what a submission costs; and that a neighbour's reports are not there.
import assert from 'node:assert/strict';

import {
  bareNumbers, cell, close, count, digits, done, dotted, dueOf, forgive, heading, invented, kDistricts, kept, look, newPage, pageOf, paste, picture, setUp, signUp, title, url,
} from './binh_phuoc.mjs';

const kSubmission = 4_000;

const withClipboard = { permissions: ['clipboard-read', 'clipboard-write'] };
const formOf = (page, due) => page.goto(`${url}/report/${pageOf(due)}`);
// The words of the cell, until they fit: a message appears once the cell was left.
const says = (page, row, pattern, column = 'installed') =>
  page.locator(`#cell-${row}-${column}-said`).filter({ hasText: pattern }).waitFor();
const focused = (page) => page.evaluate(() => document.activeElement?.id);
const inDatabase = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const request = indexedDB.open('bluezone', 1);
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          const names = [...request.result.objectStoreNames];
          if (names.length === 0) return resolve({});
          const transaction = request.result.transaction(names);
          const asked = names.map((name) => [name, transaction.objectStore(name).getAll()]);
          transaction.oncomplete = () => {
            request.result.close();
            resolve(Object.fromEntries(asked.map(([name, all]) => [name, all.result])));
          };
        };
      }),
  );

async function typing(page) {
  // Enter goes down, arrows move, and nothing steals the focus.
  await cell(page, 0).focus();
  await page.keyboard.type('9300');
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'cell-1-installed');
  assert.equal(await cell(page, 0).inputValue(), '9.300');
  await page.keyboard.type('1.5');
  await page.keyboard.press('Enter');
  await says(page, 1, '1.5: là 15 hay 1,5?');
  assert.equal(await focused(page), 'cell-2-installed');
  await page.keyboard.type('68.40');
  await page.keyboard.press('ArrowUp');
  await says(page, 2, '68.40: là 6.840 hay 68,4?');
  assert.equal(await focused(page), 'cell-1-installed');
  // A number that cannot be read stops the report, and the first such cell is where one is.
  await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
  assert.equal(await focused(page), 'cell-1-installed');
  await page.getByText('Còn 2 chỗ cần xem lại').waitFor();
  await look(page, 'clerk-faults');
}

async function pasting(page) {
  // Eleven rows of a spreadsheet, with their names, in another order, a header and a sum.
  const rows = kDistricts.map(([, name, number], i) => `${i + 1}\t${name.replace(/^(Thị xã|Thành phố|Huyện) /, '')}\t${dotted(number + 50)}`);
  await cell(page, 0).focus();
  await paste(page, ['Stt\tTên huyện\tSố lượng', ...rows.reverse(), '\tTổng cộng\t137.660'].join('\r\n'));
  await page.getByText('Đã dán 11 dòng; xếp theo tên đơn vị; dấu chấm đọc là tách hàng nghìn; không dùng: Tổng cộng.').waitFor();
  for (const [i, [, , number]] of kDistricts.entries()) {
    assert.equal(await cell(page, i).inputValue(), dotted(number + 50));
  }
  await page.locator('tfoot').getByText('137.660', { exact: true }).waitFor(); // 137.110 + 11 × 50
  await page.locator('tfoot').getByText('+550', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Hoàn tác' }).click();
  assert.equal(await cell(page, 0).inputValue(), '9.300');

  // A unit that stands there twice: neither number is taken, and it is said at its row.
  await cell(page, 0).focus();
  await paste(page, ['Phước Long\t9.270', 'Đồng Xoài\t18.470', 'Bình Long\t9.760', 'TX. Phước Long\t9.280', 'Lộc Ninh\t15.960', 'Bù Đốp\t7.510'].join('\n'));
  await says(page, 0, 'Đơn vị này có hai dòng trong phần vừa dán; không lấy dòng nào.');
  assert.equal(await cell(page, 0).inputValue(), '9.300');
  assert.equal(await cell(page, 1).inputValue(), '18.470');
  await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
  assert.equal(await focused(page), 'cell-0-installed');
  await page.getByRole('button', { name: 'Hoàn tác' }).click();
  await page.locator('#cell-0-installed-said').waitFor({ state: 'detached' });

  // A column alone goes downwards from the cursor; what is not clear is said at its cell and nowhere guessed.
  await cell(page, 0).focus();
  await paste(page, kDistricts.map(([, , number]) => dotted(number + 60)).join('\n').replace('18.460', '18.46'));
  await page.getByText('Đã dán 11 dòng; dấu chấm đọc là tách hàng nghìn; 1 ô chưa rõ').waitFor();
  await says(page, 1, '18.46: là 1.846 hay 18,46?');
  await cell(page, 1).fill('18.460');
  await cell(page, 1).press('Enter');
  assert.equal(await page.locator('#cell-1-installed-said').count(), 0);
}

async function fall(page) {
  // Below yesterday's: a note is asked for, and then it may go.
  await cell(page, 3).fill('11.200');
  await cell(page, 3).press('Enter');
  await says(page, 3, 'Số lũy kế giảm so với 11.250');
  assert.equal(await focused(page), 'cell-4-installed');
  await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
  assert.equal(await focused(page), 'cell-3-note');
  await page.keyboard.type('đếm lại');
  await look(page, 'clerk-fall');
}

async function lineAndSessionAreLost(page, clerk, officer) {
  const due = dueOf('mang-a-70');
  const posts = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/campaign/v1/reports')) {
      posts.push({ key: request.headers()['idempotency-key'], body: request.postData() });
    }
  });
  await page.context().setOffline(true);
  await clerk.post('/accounts/v1/logout'); // the session of this browser: it has the same cookie
  await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
  await page.getByText('Chưa có mạng: báo cáo chờ gửi.').waitFor();
  await picture(page, 'clerk-waiting');

  // Even closed and opened again without a line it is all there.
  await page.reload();
  await page.getByText('Đang không có mạng. Biểu mẫu này đã giữ trên máy').waitFor();
  await page.getByText('Chưa có mạng: báo cáo chờ gửi.').waitFor();
  assert.equal(await cell(page, 3).inputValue(), '11.200');
  assert.deepEqual(await bareNumbers(page), []);
  await picture(page, 'clerk-offline');

  await page.context().setOffline(false);
  await page.getByLabel('Tên đăng nhập').fill(clerk.name);
  await page.getByLabel('Mật khẩu').fill(clerk.password);
  await picture(page, 'clerk-log-in');
  await page.getByRole('button', { name: 'Tiếp tục' }).click();
  await page.getByLabel('Mã 6 số').fill(await digits(clerk.secret));
  await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click();
  await heading(page, 'Đã nhận báo cáo');
  const shown = await page.locator('.receipt').innerText();
  assert.match(shown, /BC-2020-\d{6}/);
  assert.match(shown, /15:5\d:\d\d, 26\/8\/2020/);
  assert.match(shown, /đúng hạn/);

  assert.ok(posts.length >= 2, 'it was sent again');
  assert.equal(new Set(posts.map((post) => post.key)).size, 1, 'with the same key');
  assert.equal(new Set(posts.map((post) => post.body)).size, 1, 'and the same bytes');
  const { dues } = await officer.get('/campaign/v1/dues?on=2020-08-26&body=mang-a-70');
  const { file } = dues.find((one) => one.id === due);
  assert.equal(file.versions, 1);
  const { report } = await officer.get(`/campaign/v1/reports/${file.report}`);
  assert.ok(shown.includes(report.receipt));
  assert.deepEqual(
    report.lines[3].cells.map((one) => one.number ?? one.words),
    [11200, 'đếm lại'],
  );
  await look(page, 'clerk-receipt');
  await page.emulateMedia({ media: 'print' });
  await picture(page, 'clerk-print');
  await page.emulateMedia({ media: 'screen' });

  // Until its owner logs out; then nothing of it is left on the device.
  assert.equal((await inDatabase(page)).drafts.length, 1);
  await page.getByRole('button', { name: 'Đăng xuất' }).click();
  await page.getByLabel('Tên đăng nhập').waitFor();
  assert.deepEqual(await inDatabase(page), { drafts: [], forms: [] });
  assert.equal(await page.evaluate(() => localStorage.getItem('bluezone-account')), null);
  return file.report;
}

// The report arrives and its answer does not: sent again, it counts once. And what it costs.
async function answerIsLost(clerk, officer) {
  const page = await newPage(clerk, 1280, 800, withClipboard);
  const bytes = await count(page);
  await formOf(page, dueOf('mang-b-70'));
  await cell(page, 0).focus();
  await paste(page, kDistricts.map(([, , number]) => dotted(number + 10)).join('\n'));
  let lost = 0;
  await page.route('**/campaign/v1/reports', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await page.getByRole('button', { name: 'Gửi báo cáo' }).click();
  await heading(page, 'Đã nhận báo cáo');
  assert.ok(lost >= 2, 'it was sent again');
  const { dues } = await officer.get('/campaign/v1/dues?on=2020-08-26&body=mang-b-70');
  assert.equal(dues.find((one) => one.id === dueOf('mang-b-70')).file.versions, 1);
  const [submission] = bytes.filter((one) => one.method === 'POST' && one.url.endsWith('/reports'));
  console.log(`submission: ${submission.sent} bytes there, ${submission.bytes} back`);
  assert.ok(submission.bytes > 100 && submission.sent > 500, 'the bytes were counted');
  assert.ok(submission.sent + submission.bytes <= kSubmission, 'a submission');

  // A correction is a new version, and says why.
  await page.getByRole('button', { name: 'Sửa báo cáo này' }).click();
  await cell(page, 2).fill('9.790');
  await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
  assert.equal(await focused(page), 'reason');
  await page.keyboard.type('đếm thiếu một phường');
  await page.getByRole('button', { name: 'Gửi bản sửa' }).click();
  await heading(page, 'Đã nhận báo cáo');
  const { dues: after } = await officer.get('/campaign/v1/dues?on=2020-08-26&body=mang-b-70');
  assert.equal(after.find((one) => one.id === dueOf('mang-b-70')).file.versions, 2);
  await page.context().close();
}

// Numbers of last time with their mark beside them, on the narrowest telephones.
async function onAPhone(clerk) {
  for (const width of [320, 360]) {
    const page = await newPage(clerk, width, 800);
    await page.route('**/form', invented);
    await formOf(page, dueOf('mang-a-70'));
    await page.getByText('Kỳ trước (minh họa) 18.400').waitFor();
    await look(page, 'clerk-narrow');
    await page.context().close();
  }
}

// Logging out would delete what has not been sent: asked first.
async function unsentDraft() {
  const clerk = await signUp('van.thu.c', [{ role: 'clerk', scope: 'mang-a-70' }]);
  const page = await newPage(clerk, 360, 800);
  await formOf(page, dueOf('mang-a-70'));
  await cell(page, 0).fill('9.333');
  await page.getByText('Bản nháp đã giữ trên máy này').waitFor();
  const leave = async () => {
    await page.getByRole('button', { name: 'Danh mục' }).click();
    await page.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
    await page.getByRole('alertdialog').getByText('Trên máy này còn báo cáo chưa gửi.').waitFor();
  };
  await leave();
  await look(page, 'clerk-unsent');
  await page.getByRole('button', { name: 'Ở lại' }).click();
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  assert.equal(await cell(page, 0).inputValue(), '9.333');
  assert.equal((await inDatabase(page)).drafts.length, 1);
  await page.getByRole('button', { name: 'Đăng xuất', exact: true }).click();
  await page.getByRole('button', { name: 'Đăng xuất và xóa bản nháp' }).click();
  await page.getByLabel('Tên đăng nhập').waitFor();
  assert.deepEqual(await inDatabase(page), { drafts: [], forms: [] });
  await page.context().close();
}

async function neighbour(clerk, report) {
  const page = await newPage(clerk, 1280, 800);
  await formOf(page, dueOf('mang-a-70'));
  await page.getByText('Kỳ báo cáo này không có, hoặc không giao cho cơ quan của bạn.').waitFor();
  await look(page, 'clerk-neighbour');
  await assert.rejects(clerk.get(`/campaign/v1/reports/${report}`), / (403|404) /);
  await assert.rejects(
    clerk.post('/campaign/v1/reports', { body: 'mang-a-70', form: 'bm1', dues: [dueOf('mang-a-70')], nothing: true }, { 'Idempotency-Key': 'x' }),
    / (403|404) /,
  );
  await page.context().close();
}

try {
  const { officer, clerkA, clerkB } = await setUp();
  for (const [width, colorScheme, language] of [
    [360, 'light', 'vi'],
    [360, 'dark', 'vi'],
    [1280, 'dark', 'vi'],
    [1280, 'light', 'en'],
  ]) {
    const page = await newPage(clerkA, width, 800, { colorScheme });
    await formOf(page, dueOf('mang-a-70'));
    if (language === 'en') {
      await heading(page, title);
      await page.getByRole('button', { name: 'English' }).click();
    }
    await cell(page, 0).fill('9.100');
    await cell(page, 1).fill('18.46');
    await cell(page, 2).fill('9.800');
    await cell(page, 2).press('Enter');
    await look(page, `clerk-${colorScheme}-${language}`);
    await page.context().close();
  }

  await onAPhone(clerkA);
  await unsentDraft();

  const page = await newPage(clerkA, 1280, 800, withClipboard);
  await formOf(page, dueOf('mang-a-70'));
  await heading(page, title);
  await kept(page);
  await look(page, 'clerk');
  await typing(page);
  await pasting(page);
  await fall(page);
  const sent = await lineAndSessionAreLost(page, clerkA, officer);
  await page.context().close();
  await answerIsLost(clerkB, officer);
  await neighbour(clerkB, sent);
  forgive(/net::ERR_(INTERNET_DISCONNECTED|CONNECTION_RESET|FAILED)/);
  done('the clerk before 16:00');
} finally {
  await close();
}
