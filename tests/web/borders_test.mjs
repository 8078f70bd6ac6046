// Imported borders: the map of the country draws them, whichever way round their rings go; who has none keeps a box; a border that belongs to no unit is
// reported when it is read; and Hoàng Sa (Đà Nẵng) and Trường Sa (Khánh Hòa) are named as on the tiles, on screen and on paper.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { close, done, look, newPage, signUp, url } from './portal.mjs';

const square = (code, west, south, size, isClockwise = false) => {
  const ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]];
  return { type: 'Feature', properties: { code, name: `đơn vị ${code}` }, geometry: { type: 'Polygon', coordinates: [isClockwise ? ring.reverse() : ring] } };
};

try {
  const { BZ, BZ_DATA } = process.env;
  const file = join(BZ_DATA, 'ranh-gioi.geojson');
  // Đà Nẵng, Khánh Hòa and Trà Vinh of August 2020, and one that is nobody's.
  const features = [square('48', 107, 15, 2), square('56', 108, 12, 2, true), square('84', 106, 9, 1), square('999', 104, 9, 1)];
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
    // The other sixty provinces have boxes; the archipelagos are named beside them, with their provinces.
    assert.equal(await page.locator('section.map a.tile').count(), 60);
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
