// What the journeys of Bình Phước begin with: the server's clock stands at 26 August 2020, shortly before 16:00, and so does ours; two
// operators are asked for Biểu mẫu số 1 each day before 16:00, by telephone and as a file; yesterday's came.
const server = Date.parse((await fetch(`${process.env.BZ_URL}/accounts/v1/session`)).headers.get('date'));
const real = Date.now;
const ahead = server - real();
Date.now = () => real() + ahead; // six digits of the authenticator belong to the server's time

// Only now, so that it sees that clock.
const portal = await import('./portal.mjs');
export const { admin, bareNumbers, close, digits, done, forgive, heading, look, newPage, picture, signUp, url } = portal;

export const kDistricts = [
  ['688', 'Thị xã Phước Long', 9210],
  ['689', 'Thành phố Đồng Xoài', 18400],
  ['690', 'Thị xã Bình Long', 9700],
  ['691', 'Huyện Bù Gia Mập', 11250],
  ['692', 'Huyện Lộc Ninh', 15900],
  ['693', 'Huyện Bù Đốp', 7450],
  ['694', 'Huyện Hớn Quản', 8300],
  ['695', 'Huyện Đồng Phú', 13600],
  ['696', 'Huyện Bù Đăng', 20150],
  ['697', 'Huyện Chơn Thành', 12300],
  ['698', 'Huyện Phú Riềng', 10850],
];
export const subjectOf = (code) => `${code}@2020-06-01`;
export const dueOf = (body, day = '2020-08-26') => `hanh-trinh:${body}:${Date.parse(`${day}T16:00+07:00`)}`;
export const pageOf = (due) => encodeURIComponent(due);

export async function setUp() {
  const officer = await signUp('can.bo', [
    { role: 'officer', scope: '70@2020-06-01' },
    { role: 'admin', scope: '70@2020-06-01' },
  ]);
  for (const [slug, name] of [
    ['mang-a-70', 'Nhà mạng A Bình Phước'],
    ['mang-b-70', 'Nhà mạng B Bình Phước'],
  ]) {
    await officer.post('/campaign/v1/bodies', { slug, kind: 'operator', name, unit: '70@2020-06-01' });
  }
  await officer.post('/campaign/v1/tasks', {
    id: 'hanh-trinh',
    letter: '3065/UBND-CN XD',
    dated: '2020-08-24',
    path: '5.2',
    sentence: 'báo cáo trước 16h00 hàng ngày',
    due: 'trước 16h00 hàng ngày',
    first: '2020-08-25',
    last: '2020-08-28',
    legs: 'phone+file',
    form: 'bm1',
    receiver: 'so-tttt-70',
    bodies: ['mang-a-70', 'mang-b-70'],
    issued: '2020-08-24T10:00+07:00',
  });
  const clerkA = await signUp('van.thu.a', [{ role: 'clerk', scope: 'mang-a-70' }]);
  const clerkB = await signUp('van.thu.b', [{ role: 'clerk', scope: 'mang-b-70' }]);
  for (const [clerk, body] of [
    [clerkA, 'mang-a-70'],
    [clerkB, 'mang-b-70'],
  ]) {
    await clerk.post('/campaign/v1/reports', report(body, '2020-08-25', 0), { 'Idempotency-Key': `hom-qua-${body}` });
  }
  return { officer, clerkA, clerkB };
}

export const report = (body, day, more) => ({
  body,
  form: 'bm1',
  dues: [dueOf(body, day)],
  lines: kDistricts.map(([code, , number]) => ({
    subject: subjectOf(code),
    values: [{ column: 'installed', number: number + more }],
  })),
});

export const dotted = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, '.');
export const cell = (page, row, column = 'installed') => page.locator(`#cell-${row}-${column}`);

// For page.route('**/form', …): the numbers of last time as invented ones, with that mark beside them.
export async function invented(route) {
  const response = await route.fetch();
  const form = await response.json();
  for (const row of form.rows) for (const before of row.before) before.is_illustrative = true;
  await route.fulfill({ response, json: form });
}

// As out of a spreadsheet: over the clipboard, with Ctrl+V.
export async function paste(page, text) {
  await page.evaluate((what) => navigator.clipboard.writeText(what), text);
  await page.keyboard.press('Control+V');
}

export const title = 'Biểu mẫu số 1: Thống kê số lượng điện thoại thông minh cài đặt Bluezone trên địa bàn tỉnh';

// Until the service worker has the shell and the form.
export const kept = (page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    for (;;) {
      if (navigator.serviceWorker.controller) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

// Bytes as they came over the wire, headers and all, of whatever the page asked for.
export async function count(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const asked = new Map();
  const bytes = [];
  session.on('Network.requestWillBeSent', ({ requestId, request }) => asked.set(requestId, request));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = asked.get(requestId);
    if (request) bytes.push({ url: request.url, method: request.method, bytes: encodedDataLength, sent: sentBytes(request) });
  });
  return bytes;
}
const sentBytes = (request) =>
  request.method.length + request.url.length + 12 + (request.postData?.length ?? 0) +
  Object.entries(request.headers).reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
