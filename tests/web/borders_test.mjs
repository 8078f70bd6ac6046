// Imported borders: the map of the country draws them, whichever way round their rings go; who has none keeps a box; a border that belongs to no unit is
// reported when it is read; and Hoàng Sa (Đà Nẵng) and Trường Sa (Khánh Hòa) are named as on the tiles, on screen and on paper.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { close, done, look, newPage, signUp, url } from './portal.mjs';

const ringOf = (west, south, size) => [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]];
const feature = (code, geometry) => ({ type: 'Feature', properties: { code, name: `đơn vị ${code}` }, geometry });
const square = (code, west, south, size, isClockwise = false) => {
  const ring = ringOf(west, south, size);
  return feature(code, { type: 'Polygon', coordinates: [isClockwise ? ring.reverse() : ring] });
};

try {
  const { BZ, BZ_DATA } = process.env;
  const file = join(BZ_DATA, 'ranh-gioi.geojson');
  // Đà Nẵng (with an island of Hoàng Sa), Khánh Hòa and Trà Vinh of August 2020, and one that is nobody's.
  const daNang = feature('48', { type: 'MultiPolygon', coordinates: [[ringOf(107, 15, 2)], [ringOf(112.2, 16.7, 0.2)]] });
  const features = [daNang, square('56', 108, 12, 2, true), square('84', 106, 9, 1), square('999', 104, 9, 1)];
  writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
  const read = (...more) =>
    execFileSync(BZ, ['units', 'import', '--data', BZ_DATA, '--kind', 'borders', '--day', '2020-08-19', '--source', 'phép thử', ...more, file], { encoding: 'utf8' });
  const said = read();
  assert.match(said, /999 đơn vị 999: không có đơn vị này vào ngày ấy; bỏ qua\./);
  assert.match(said, /Nothing is written yet/);
  read('--confirm');

  const leader = await signUp('ca.nuoc', [{ role: 'leader', scope: 'VN' }]);
  for (const [width, height, colorScheme] of [
    [1920, 1080, 'light'],
    [360, 740, 'dark'],
  ]) {
    const page = await newPage(leader, width, height, { colorScheme });
    await page.goto(`${url}/wall/VN?on=2020-08-19&full=1`);
    const map = page.locator('svg.drawn');
    await map.locator('path.shape').first().waitFor();
    assert.equal(await map.locator('path.shape').count(), 3, 'the border of nobody is not drawn');
    // Each where it lies, and no larger than it is: Đà Nẵng north of Khánh Hòa, Trà Vinh south of both; none of them is the rest of the globe.
    const boxes = await map.locator('path.shape').evaluateAll((all) =>
      all.map((one) => {
        const { x, y, width: wide, height: high } = one.getBBox();
        return { name: one.closest('[href]').getAttribute('href'), x, y, wide, high };
      }),
    );
    const of = (code) => boxes.find((one) => one.name.includes(`/${code}%40`));
    assert.ok(of('48').y < of('56').y && of('56').y < of('84').y, JSON.stringify(boxes));
    assert.ok(of('84').x < of('48').x && of('48').x < of('56').x, JSON.stringify(boxes));
    for (const box of boxes) assert.ok(box.wide < 700 && box.high < 700, `${box.name}: ${box.wide} × ${box.high} of 1000`);
    assert.ok(of('48').wide > 1.8 * of('84').wide, 'two degrees are twice one');
    // Trà Vinh alone has a number here; the other two are hatched, not pale.
    assert.equal(await map.locator('path.shape.none').count(), 2);
    assert.match(await map.locator('path.shape.none').first().getAttribute('fill'), /^url\(#.*hatch\)$/);
    // The other sixty provinces have boxes; the archipelagos stand in frames at the map's eastern edge, Hoàng Sa north of Trường Sa, and are named
    // with their provinces: of the one there is a border, so that is drawn, of the other the larger islands.
    assert.equal(await page.locator('section.map a.tile').count(), 60);
    const frames = await map.locator('svg.inset').evaluateAll((all) =>
      all.map((one) => {
        const { left, right, top, bottom } = one.querySelector('.frame').getBoundingClientRect();
        const border = one.querySelector('path.island').getBBox();
        return { name: one.textContent.trim(), left, right, top, bottom, border: border.width, dots: one.querySelectorAll('circle').length };
      }),
    );
    const sheet = await map.evaluate((one) => {
      const { left, width, height } = one.getBoundingClientRect();
      const { width: wide, height: high } = one.viewBox.baseVal;
      const scale = Math.min(width / wide, height / high);
      const shapes = [...one.querySelectorAll('path.shape')].map((shape) => shape.getBoundingClientRect().right);
      return { scale, right: left + (width + wide * scale) / 2, land: Math.max(...shapes) };
    });
    const [hoangSa, truongSa] = ['Hoàng Sa', 'Trường Sa'].map((name) => frames.find((one) => one.name.startsWith(name)));
    assert.ok(hoangSa.bottom <= truongSa.top, JSON.stringify(frames));
    for (const frame of [hoangSa, truongSa]) {
      assert.ok(Math.abs(frame.right - sheet.right) <= 3 && frame.left >= sheet.land, JSON.stringify({ frame, sheet }));
    }
    // 0.2 of the 2.1 degrees that the frame is wide.
    assert.ok(Math.abs(hoangSa.border - (230 * 0.2) / 2.1) < 2, `${hoangSa.border}`);
    assert.deepEqual([hoangSa.dots, truongSa.border], [0, 0]);
    assert.ok(truongSa.dots >= 10);
    // The map and what stands under it stay within a screen on a wall.
    if (width === 1920) assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), 'the wall is higher than its window');
    for (const media of ['screen', 'print']) {
      await page.emulateMedia({ media });
      for (const [island, province] of [
        ['Hoàng Sa', 'Đà Nẵng'],
        ['Trường Sa', 'Khánh Hòa'],
      ]) {
        const label = page.locator('section.map').getByText(island, { exact: true });
        assert.ok(await label.isVisible(), `${island} is missing, ${media}, ${width}`);
        assert.match(await page.locator('section.map').innerText(), new RegExp(`${island}\\s*\\(${province}\\)`));
      }
    }
    await page.emulateMedia({ media: 'screen' });
    await look(page, 'borders');
    // A border leads to its unit's wall, by keyboard too.
    const link = map.getByRole('link', { name: /Trà Vinh/ });
    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/wall/84%402020-06-01?on=2020-08-19**');
    await page.context().close();
  }
  done('imported borders');
} finally {
  await close();
}
