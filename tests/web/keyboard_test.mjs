// The clerk without a mouse: from the address to the receipt by keys alone, every stop of the way to be seen, and nothing that holds the focus.
import assert from 'node:assert/strict';

import { cell, close, digits, done, dotted, dueOf, heading, kDistricts, newPage, pageOf, picture, setUp, url } from './binh_phuoc.mjs';

// Where the keyboard is: what it is called, and whether a ring shows it.
const at = (page) =>
  page.evaluate(() => {
    const one = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const name = one.getAttribute('aria-label') || one.labels?.[0]?.textContent || one.textContent || one.id;
    const { top, bottom } = one.getBoundingClientRect();
    return { id: one.id, tag: one.tagName, name: name.trim(), ring: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth), isSeen: bottom > 0 && top < innerHeight };
  });
async function tabTo(page, wanted, key = 'Tab') {
  const passed = [];
  for (let i = 0; i < 80; ++i) {
    await page.keyboard.press(key);
    const here = await at(page);
    if (here.tag === 'BODY') continue; // round the end of the page
    assert.ok(here.ring >= 3, `no ring round ${JSON.stringify(here)}`);
    assert.ok(here.isSeen, `out of sight: ${JSON.stringify(here)}`);
    passed.push(here.name);
    if (wanted(here)) return passed;
  }
  assert.fail(`not reached; passed ${passed.join(' | ')}`);
}

try {
  const { clerkA, officer } = await setUp();
  const page = await newPage(undefined, 1280, 800);
  await page.mouse.move(0, 0);
  await page.goto(`${url}/report/${pageOf(dueOf('mang-a-70'))}`);

  // Logging in: the field has the focus; Enter goes on.
  await page.getByLabel('Tên đăng nhập').waitFor();
  assert.equal((await at(page)).id, 'name');
  await page.keyboard.type(clerkA.name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(clerkA.password);
  await page.keyboard.press('Enter');
  await page.getByLabel('Mã 6 số').waitFor();
  assert.equal((await at(page)).id, 'code');
  await page.keyboard.type(await digits(clerkA.secret));
  await page.keyboard.press('Enter');
  await cell(page, 0).waitFor();

  // The first stop passes the menu by; from there the first cell is a few steps on.
  await page.reload();
  await cell(page, 0).waitFor();
  await page.keyboard.press('Tab');
  assert.equal((await at(page)).name, 'Đến nội dung');
  assert.ok((await at(page)).isSeen);
  await page.keyboard.press('Enter');
  const passed = await tabTo(page, (here) => here.id === 'cell-0-installed');
  assert.ok(passed.length <= 4, `from the skip link to the first cell: ${passed.join(' | ')}`);

  // All eleven rows with Enter alone; the last one leads to the button.
  for (const [, , number] of kDistricts) {
    await page.keyboard.type(String(number + 30));
    await page.keyboard.press('Enter');
  }
  assert.equal((await at(page)).id, 'send');
  // Back by the arrows, and to the note beside.
  await tabTo(page, (here) => here.id === 'cell-10-note', 'Shift+Tab');
  await page.keyboard.press('ArrowUp');
  assert.equal((await at(page)).id, 'cell-9-note');
  await page.keyboard.press('ArrowLeft');
  assert.equal((await at(page)).id, 'cell-9-installed');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('12.250');
  await page.keyboard.press('ArrowDown');
  assert.equal((await at(page)).id, 'cell-10-installed');
  // A fall asks for its note, and Send goes there.
  await tabTo(page, (here) => here.id === 'send');
  await page.keyboard.press('Enter');
  assert.equal((await at(page)).id, 'cell-9-note');
  await picture(page, 'keyboard');
  await page.keyboard.type('đếm lại');
  await tabTo(page, (here) => here.id === 'send');
  await page.keyboard.press('Space');
  await heading(page, 'Đã nhận báo cáo');
  const { dues } = await officer.get('/campaign/v1/dues?on=2020-08-26&body=mang-a-70');
  const { report } = await officer.get(`/campaign/v1/reports/${dues.find((one) => one.id === dueOf('mang-a-70')).file.report}`);
  assert.deepEqual(
    report.lines.map((line) => dotted(line.cells[0].number)),
    kDistricts.map(([, , number], i) => dotted(i === 9 ? 12250 : number + 30)),
  );
  // On from the receipt, and out.
  await tabTo(page, (here) => here.name === 'In');
  await tabTo(page, (here) => here.name === 'Đăng xuất');
  await page.keyboard.press('Enter');
  await page.getByLabel('Tên đăng nhập').waitFor();
  done('the clerk without a mouse');
} finally {
  await close();
}
