// Pictures of every page, to be looked at: each in one theme and width; the four key screens in both languages, both themes and three widths, at
// 200 %, and on paper; all of them on contact sheets (sheet-*.png); in docs/ those of docs/screens. It says what is wider than its window. No test: nothing is asserted.
//
//   BZ_SCREENSHOTS=DIR tests/web/in_2020_here.sh build/dev/bin/bz build/dev/web/tree/node_modules tests/web/pictures.mjs
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import * as here from './binh_phuoc.mjs';

const { admin, cell, close, dueOf, kDistricts, pageOf, report, setUp, signUp, url } = here;
const newPage = (account, width, height, more) => here.newPage(account, width, height, { timezoneId: 'Asia/Ho_Chi_Minh', ...more });

const folder = process.env.BZ_SCREENSHOTS;
if (!folder) throw new Error('BZ_SCREENSHOTS names the folder for the pictures');
mkdirSync(folder, { recursive: true });
const kTraVinh = '84@2020-06-01';
const kDay = 'on=2020-08-19&as_of=2020-08-21';
const kWidths = [
  [360, 740],
  [1280, 800],
  [3840, 2160],
];
const faults = [];
const shown = {};

async function settled(page) {
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
}
async function take(page, sheet, name, isPaper = false) {
  await settled(page);
  const { width } = page.viewportSize();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width && !isPaper) faults.push(`${name}: ${wide} px wide in a window of ${width}`);
  const file = `${name}.png`;
  await page.screenshot({ path: join(folder, file), fullPage: true, animations: 'disabled' });
  (shown[sheet] ??= []).push(file);
}

// A key screen as it stands, in every language, theme and width; then at 200 % of 1280 px, and on paper (A4 less its margins).
async function everyWay(page, screen) {
  for (const language of ['vi', 'en']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => scrollTo(0, 0));
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const [width, height] of kWidths) {
        await page.setViewportSize({ width, height });
        await take(page, screen, `${screen}-${language}-${colorScheme}-${width}`);
      }
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Tiếng Việt' }).click();
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 640, height: 400 });
  await take(page, screen, `${screen}-zoom-200`);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 680, height: 1000 });
  await take(page, screen, `${screen}-print`, true);
  await page.pdf({ path: join(folder, `${screen}.pdf`), preferCSSPageSize: true });
  await page.context().close();
}

async function keyScreens({ leader, clerk, duty, issuer }) {
  const wall = await newPage(leader, 1280, 800);
  await wall.goto(`${url}/wall/84?${kDay}`);
  await wall.getByText('68.400').first().waitFor();
  await everyWay(wall, 'wall');

  const form = await newPage(clerk, 1280, 800);
  await form.goto(`${url}/report/${pageOf(dueOf('mang-a-70'))}`);
  for (const [i, text] of ['9.300', '18.46', '9.800', '11.200'].entries()) {
    await cell(form, i).fill(text);
    await cell(form, i).press('Enter');
  }
  await everyWay(form, 'form');

  const call = await newPage(duty, 1280, 800);
  await call.goto(`${url}/call/${pageOf(dueOf('mang-b-70'))}`);
  await call.getByLabel('Người gọi giữ chức gì').fill('Phòng kỹ thuật');
  await call.getByRole('button', { name: 'Bắt đầu cuộc gọi' }).click();
  for (const [i, [, , number]] of kDistricts.slice(0, 5).entries()) {
    await cell(call, i).fill(String(number + 120));
    await cell(call, i).press('Enter');
    await call.locator('tbody tr').nth(i).getByLabel(i === 2 ? 'Chưa' : 'Đồng ý', { exact: true }).check();
  }
  await everyWay(call, 'call');

  const code = await newPage(issuer, 1280, 800);
  await code.goto(`${url}/codes`);
  await code.getByLabel('Ngày xét nghiệm').first().fill('26/08/2020');
  await code.getByRole('button', { name: 'Cấp mã', exact: true }).click();
  await code.locator('#issued-code').waitFor();
  await everyWay(code, 'code');
}

// Invented, and marked so: what the districts of Trà Vinh might have had, one of them nothing yet.
async function inventDistricts(leader) {
  const districts = { 842: 14210, 844: 9120, 845: 6480, 846: 7390, 847: 8870, 848: 6120, 849: 5230, 851: 3940 };
  await leader.post('/campaign/v1/figures', {
    figures: Object.entries(districts).flatMap(([code, value]) =>
      [0, 1].map((before) => ({
        subject: `${code}@2020-06-01`,
        measure: 'app_installed',
        source: 'department:so-tttt-84',
        cut_off: `2020-08-${20 - before}T00:00+07:00`,
        value: value - before * (Number(code) % 7) * 61,
        origin: 'illustrative',
        reference: 'ví dụ',
      })),
    ),
  });
}

async function allPages({ leader, clerk, duty, officer, issuer, supervisor, auditor, chief, report: id, figure }) {
  const pages = [
    ['log-in', undefined, '/inbox', 1280],
    ['home', leader, '/', 1280],
    ['home-clerk', clerk, '/', 360],
    ['wall-country', leader, '/wall/VN?on=2020-08-19', 1280],
    ['wall-screen', leader, '/wall/84?on=2020-08-19&full=1', 1920],
    ['wall-silent', officer, '/wall/70?mode=silent', 1280],
    ['wall-days', leader, `/wall/84?${kDay}&mode=days`, 1280],
    ['unit', leader, `/units/84?${kDay}`, 1280],
    ['unit-phone', leader, `/units/847?on=2020-08-19`, 360, 'dark'],
    ['body', officer, '/bodies/so-tttt-70', 1280],
    ['figure', leader, `/figures/${figure}`, 1280],
    ['targets', leader, `/targets?unit=${kTraVinh}&${kDay}`, 1280],
    ['registers', officer, '/registers', 1280, 'dark'],
    ['report-sent', clerk, `/report/${pageOf(dueOf('mang-b-70', '2020-08-25'))}`, 1280],
    ['inbox', officer, '/inbox', 1280],
    ['inbox-clerk', clerk, '/inbox', 360],
    ['reconciliation', duty, '/reconciliation', 1280],
    ['supervisor', supervisor, '/codes', 1280],
    ['health-audit', auditor, '/health-audit', 1280],
    ['people', chief, '/people', 1280],
    ['people-officer', officer, '/people', 360],
    ['account', clerk, '/account', 1280],
    ['audit', auditor, '/audit', 1280],
    ['public', undefined, '/public?on=2020-08-19', 1280],
    ['public-phone', undefined, '/public?on=2020-08-19', 360, 'dark'],
    ['no-such-page', leader, '/khong-co', 1280],
    ['parts', undefined, '/parts', 1280],
  ];
  for (const [name, account, path, width, colorScheme = 'light'] of pages) {
    if (name === 'wall-screen') await inventDistricts(leader);
    const page = await newPage(account, width, width === 360 ? 740 : width === 1920 ? 1080 : 800, { colorScheme });
    await page.goto(url + path);
    await page.getByRole('heading').first().waitFor();
    await take(page, 'pages', name);
    await page.context().close();
  }
}

// Each picture small and with its name under it; a long one is cut.
async function contactSheets() {
  const page = await newPage(undefined, 1600, 1200);
  for (const [sheet, files] of Object.entries(shown)) {
    const html = join(folder, `${sheet}.html`);
    const figures = files.map((file) => `<figure><div><img src="${file}"></div><figcaption>${file}</figcaption></figure>`).join('');
    writeFileSync(
      html,
      `<!doctype html><meta charset="utf-8"><style>body{margin:8px;display:grid;grid-template-columns:repeat(4,1fr);gap:8px;font:14px sans-serif}
       figure{margin:0;border:1px solid #999}div{height:420px;overflow:hidden}img{width:100%}img[src*="-360"],img[src*="phone"],img[src*="clerk"],img[src*="officer"],img[src*="inbox-clerk"]{width:50%}
       figcaption{padding:2px 6px;background:#eee}</style>${figures}`,
    );
    await page.goto(pathToFileURL(html).href);
    await page.screenshot({ path: join(folder, `sheet-${sheet}.png`), fullPage: true });
  }
}

// Those that the documents show (docs/screens), as WebP, drawn smaller by Chromium itself.
async function forDocuments() {
  const page = await newPage(undefined, 800, 600);
  await page.goto('about:blank');
  for (const [from, name, width] of [
    ['wall-screen', 'wall', 1440],
    ['form-vi-light-1280', 'form', 1100],
    ['call-vi-light-1280', 'call', 1100],
    ['unit', 'unit', 1100],
    ['code-vi-dark-360', 'code', 360],
    ['home-clerk', 'home', 360],
  ]) {
    const png = readFileSync(join(folder, `${from}.png`)).toString('base64');
    const webp = await page.evaluate(
      async ([png, width]) => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = width;
        canvas.height = Math.round((image.height * width) / image.width);
        const drawn = canvas.getContext('2d');
        drawn.imageSmoothingQuality = 'high';
        drawn.drawImage(image, 0, 0, canvas.width, canvas.height);
        return canvas.toDataURL('image/webp', 0.82).split(',')[1];
      },
      [png, width],
    );
    mkdirSync(join(folder, 'docs'), { recursive: true });
    writeFileSync(join(folder, 'docs', `${name}.webp`), Buffer.from(webp, 'base64'));
  }
}

try {
  const { officer, clerkA, clerkB } = await setUp();
  const grant = (account, role) =>
    execFileSync(process.env.BZ, ['grant', 'add', '--data', process.env.BZ_DATA, '--account', account, '--role', role]);
  const leader = await signUp('chu.tich', [{ role: 'leader', scope: 'VN' }, { role: 'officer', scope: kTraVinh }]);
  const duty = await signUp('truc.ban', [{ role: 'duty', scope: '70@2020-06-01' }, { role: 'officer', scope: '70@2020-06-01' }]);
  const issuer = await signUp('bs.lan');
  const supervisor = await signUp('bs.hoa');
  const auditor = await signUp('kt.thanh', [{ role: 'auditor', scope: 'VN' }]);
  for (const [account, role] of [['bs.lan', 'issuer'], ['bs.hoa', 'supervisor'], ['kt.thanh', 'auditor']]) grant(account, role);
  const { figures } = await leader.get(`/campaign/v1/figures?subject=${kTraVinh}&on=2020-08-19`);
  await keyScreens({ leader, clerk: clerkA, duty, issuer });
  // Both legs of one report, which differ.
  await clerkA.post('/campaign/v1/reports', report('mang-a-70', '2020-08-26', 90), { 'Idempotency-Key': 'hinh' });
  await allPages({ leader, clerk: clerkB, duty, officer, issuer, supervisor, auditor, chief: await admin(), figure: figures[0].id });
  await contactSheets();
  await forDocuments();
  console.log(faults.length === 0 ? `pictures in ${folder}; nothing is wider than its window` : faults.join('\n'));
} finally {
  await close();
}
