// The table as a file for Excel: UTF-8 with its mark, Vietnamese headers, numbers as a Vietnamese Excel reads them (a comma before
// the decimals, and therefore semicolons between the cells).

import { cutOff } from '../../text/dates';
import { nameOfSource } from '../../text/sources';
import { type Wall } from './answers';
import { ranked } from './ranked';

const cell = (text: string | number | undefined): string => {
  const plain = String(text ?? '');
  // What a spreadsheet would take for a formula is text.
  const safe = /^[=+@\t\r]/.test(plain) || /^-\D/.test(plain) ? `'${plain}` : plain;
  return /[";\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const percent = (hundredths: number | undefined): string =>
  hundredths === undefined ? '' : `${Math.floor(hundredths / 100)},${String(hundredths % 100).padStart(2, '0')}`;

export function csvOf(wall: Wall): string {
  const heads = ['Hạng', 'Mã đơn vị', 'Tên đơn vị', 'Số máy đã cài', 'Mẫu số', `Tỷ lệ % ${wall.whole.rate.of_whom}`,
    'Thêm trong 1 ngày', 'Thêm trong 7 ngày', 'Số liệu đến', 'Nguồn', 'Nguồn mẫu số', 'Ghi chú'];
  const rows = [{ row: wall.whole, place: undefined }, ...ranked(wall.children)].map(({ row, place }) => {
    const { numerator, denominator, hundredths } = row.rate;
    const marks = [
      numerator.value === undefined && 'chưa có số',
      numerator.value !== undefined && numerator.own_value === undefined && numerator.is_partial && 'một phần',
      numerator.is_provisional && 'tạm',
      row.is_illustrative && 'minh họa',
    ].filter(Boolean);
    return [place, row.unit.split('@')[0], row.name, numerator.value, denominator?.value, percent(hundredths), row.gain_day, row.gain_week,
      numerator.oldest && cutOff(numerator.oldest), numerator.value === undefined ? '' : nameOfSource(numerator.own?.source ?? wall.source),
      denominator && nameOfSource(denominator.source), marks.join(', ')];
  });
  return `\ufeff${[heads, ...rows].map((row) => row.map(cell).join(';')).join('\r\n')}\r\n`;
}

export function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
