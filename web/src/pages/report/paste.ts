// A block out of a spreadsheet: rows by line ends, cells by tabs, cells with either in quotes.

import { plain } from '../../text/search';

export function blockOf(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  const source = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  for (let i = 0; i < source.length; ++i) {
    const c = source[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (source[i + 1] === '"') cell += source[++i];
      else quoted = false;
    } else if (c === '"' && cell === '') quoted = true;
    else if (c === '\t' || c === '\n') {
      rows.at(-1)?.push(cell.trim());
      cell = '';
      if (c === '\n') rows.push([]);
    } else cell += c;
  }
  rows.at(-1)?.push(cell.trim());
  return rows;
}

// "TX. Phước Long", "Thị xã Phước Long" and "Phước Long" are one name.
const nameOnly = (text: string): string =>
  plain(text)
    .replace(/[.,]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(thi xa|thanh pho|thi tran|huyen|quan|phuong|xa|dac khu|tinh|tx|tp|tt|h|q|p|x) /, '');

export interface Placed {
  row: number; // of the form
  cells: string[]; // from column `from` of what can be filled
}

// Where each line of a block goes: by the names in it, where it has a column of them, else downwards from the cursor.
export function place(block: string[][], names: string[], cursor: number) {
  const known = new Map(names.map((name, i) => [nameOnly(name), i]));
  const width = Math.max(...block.map((line) => line.length));
  const namesAt = Array.from({ length: width }, (_, i) => i)
    .map((i) => ({ i, hits: block.filter((line) => known.has(nameOnly(line[i] ?? ''))).length }))
    .sort((a, b) => b.hits - a.hits)[0];
  const byName = namesAt !== undefined && namesAt.hits > 0 && namesAt.hits * 2 >= Math.min(block.length, names.length);
  const placed: Placed[] = [];
  const leftOut: string[] = [];
  const hasDigit = (line: string[]) => line.some((cell) => /\d/.test(cell));
  const rows = block.map((line, i) => (byName ? known.get(nameOnly(line[namesAt.i] ?? '')) : cursor + i));
  // A unit that stands there twice is taken from neither line.
  const twice = [...new Set(rows.filter((row, i): row is number => row !== undefined && rows.indexOf(row) !== i))];
  block.forEach((line, i) => {
    const name = byName ? (line[namesAt.i] ?? '') : '';
    const row = rows[i];
    if (row !== undefined && twice.includes(row)) return;
    if (byName && i === 0 && row === undefined && !hasDigit(line) && block.some(hasDigit)) return; // the heads of its columns
    if (row !== undefined && row < names.length) placed.push({ row, cells: byName ? line.slice(namesAt.i + 1) : line });
    else if (line.some((cell) => cell !== '')) leftOut.push(name || line.join(' '));
  });
  return { byName, placed, twice, leftOut };
}
