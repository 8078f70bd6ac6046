// The form's own reading of numbers and their words, which must be the server's: each cell is read here and sent to be checked there, and the
// sentences are compared; counts are spelled as in vi/words_test.cpp.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { close, dueOf, setUp, subjectOf, url } from './binh_phuoc.mjs';

const require = createRequire(join(process.env.BZ_WEB_MODULES, 'none.js'));
const web = process.env.BZ_WEB_SOURCE ?? join(dirname(fileURLToPath(import.meta.url)), '../../web');
const folder = mkdtempSync(join(tmpdir(), 'reading-'));
async function load(path) {
  const outfile = join(folder, `${path.replaceAll('/', '-')}.mjs`);
  require('esbuild').buildSync({ entryPoints: [join(web, 'src', path)], outfile, bundle: true, format: 'esm' });
  return import(pathToFileURL(outfile));
}

const kTyped = [
  '68400', '68.400', '1.009.168', '05', ' 9.210 ', '0', '1.5', '68.40', '68.4000', '0.500', '68,400', '1.00.000', '6,78', '1.234,5', '68,400.5',
  '1,234,567', '-5', '−5', '12 345', '1 2', '12%', 'abc', '9.21O', '.5', '5.', '1..2', '1.234.56', ',', '..', '1000000000000001',
  '1234567890123456789012345', '00012', '012.345', '1,5,6', '18.46', '100.00',
];
const kWords = [
  [0, 'không'], [1, 'một'], [4, 'bốn'], [5, 'năm'], [10, 'mười'], [11, 'mười một'], [14, 'mười bốn'], [15, 'mười lăm'], [20, 'hai mươi'],
  [21, 'hai mươi mốt'], [24, 'hai mươi tư'], [25, 'hai mươi lăm'], [100, 'một trăm'], [101, 'một trăm linh một'], [104, 'một trăm linh bốn'],
  [105, 'một trăm linh năm'], [110, 'một trăm mười'], [115, 'một trăm mười lăm'], [121, 'một trăm hai mươi mốt'],
  [555, 'năm trăm năm mươi lăm'], [1000, 'một nghìn'], [1005, 'một nghìn không trăm linh năm'], [2050, 'hai nghìn không trăm năm mươi'],
  [9120, 'chín nghìn một trăm hai mươi'], [10_001, 'mười nghìn không trăm linh một'], [11_260, 'mười một nghìn hai trăm sáu mươi'],
  [21_000, 'hai mươi mốt nghìn'], [105_000, 'một trăm linh năm nghìn'], [1_000_005, 'một triệu không trăm linh năm'],
  [1_005_000, 'một triệu không trăm linh năm nghìn'], [1_009_168, 'một triệu không trăm linh chín nghìn một trăm sáu mươi tám'],
  [96_208_984, 'chín mươi sáu triệu hai trăm linh tám nghìn chín trăm tám mươi tư'], [1_000_000_001, 'một tỷ không trăm linh một'],
  [1_000_000_000_000, 'một nghìn tỷ'],
];

try {
  const { countInWords } = await load('text/spoken.ts');
  for (const [count, words] of kWords) assert.equal(countInWords(count), words, String(count));
  assert.equal(countInWords(1005, true), 'một ngàn không trăm lẻ năm');

  const { readNumber, readCount, written } = await load('pages/report/read.ts');
  assert.deepEqual(readCount('không phát sinh'), { nothing: true });
  assert.deepEqual(readCount(' '), { empty: true });
  for (const unclear of ['không', '-', 'x']) assert.match(readCount(unclear).fault.says, /0 hay không phát sinh/);
  assert.equal(written(1009168), '1.009.168');

  const { clerkA } = await setUp();
  // What the server says of a cell; nothing when it takes it.
  async function server(words) {
    const body = {
      body: 'mang-a-70',
      form: 'bm1',
      dues: [dueOf('mang-a-70')],
      lines: [{ subject: subjectOf('688'), values: [{ column: 'installed', words }, { column: 'note', words: 'thử' }] }],
    };
    const response = await fetch(`${url}/campaign/v1/reports/check`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-csrf-token': clerkA.csrf,
        cookie: [...clerkA.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      },
      body: JSON.stringify(body),
    });
    assert.ok([200, 422].includes(response.status), `${words}: ${response.status}`);
    return response.ok ? undefined : (await response.json()).errors.find((one) => one.cell === 'lines/0/installed');
  }
  for (const typed of kTyped) {
    const [ours, theirs] = [readNumber(typed), await server(typed)];
    if (theirs === undefined) assert.ok('value' in ours, `${typed}: the server takes it, ours says ${JSON.stringify(ours)}`);
    else {
      const { says, says_en, do: todo, do_en } = theirs;
      assert.deepEqual(ours.fault, { says, says_en, do: todo, do_en }, typed);
    }
  }
  console.log(`${kWords.length} counts in words, ${kTyped.length} cells read as the server reads them`);

  const { blockOf, place } = await load('pages/report/paste.ts');
  assert.deepEqual(blockOf('a\t"b\nc"\r\n"d ""e"""\tf\n'), [['a', 'b\nc'], ['d "e"', 'f']]);
  const names = ['Thị xã Phước Long', 'Huyện Bù Đốp'];
  assert.deepEqual(place([['Bù Đốp', '1'], ['TX. Phước Long', '2'], ['Tổng cộng', '3']], names, 0), {
    byName: true,
    placed: [{ row: 1, cells: ['1'] }, { row: 0, cells: ['2'] }],
    twice: [],
    leftOut: ['Tổng cộng'],
  });
  // Neither line of a unit that stands there twice.
  assert.deepEqual(place([['Bù Đốp', '1'], ['Phước Long', '2'], ['bu dop', '3']], names, 0), {
    byName: true,
    placed: [{ row: 0, cells: ['2'] }],
    twice: [1],
    leftOut: [],
  });
  assert.deepEqual(place([['1'], ['2'], ['3']], names, 1), {
    byName: false,
    placed: [{ row: 1, cells: ['1'] }],
    twice: [],
    leftOut: ['2', '3'],
  });
} finally {
  await close();
  rmSync(folder, { recursive: true });
}
