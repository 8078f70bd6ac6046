// Numbers as they are written here: 1.009.168 and 6,78 %; in English 1,009,168 and 6.78 %. Rates are whole numbers, hundredths of
// a percent; nothing is divided in floating point where a half could fall on the wrong side.

import { language } from './i18n.svelte';

const kMinus = '−';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, language() === 'vi' ? '.' : ',');
}

// A whole number; `signed` also writes the plus of a gain.
export function number(value: number, signed = false): string {
  const sign = value < 0 ? kMinus : signed && value > 0 ? '+' : '';
  return sign + grouped(String(Math.abs(Math.trunc(value))));
}

// numerator / denominator in hundredths of a percent, half up. Exact: counts reach 10^8, times 20,000 is under 2^53.
export function hundredthsOf(numerator: number, denominator: number): number {
  return Math.floor((numerator * 20_000 + denominator) / (2 * denominator));
}

function decimals(hundredths: number, signed: boolean): string {
  const sign = hundredths < 0 ? kMinus : signed && hundredths > 0 ? '+' : '';
  const whole = Math.floor(Math.abs(hundredths) / 100);
  const rest = String(Math.abs(hundredths) % 100).padStart(2, '0');
  return `${sign}${grouped(String(whole))}${language() === 'vi' ? ',' : '.'}${rest}`;
}

// 678 -> "6,78 %", with a space that does not break.
export const percent = (of: number | readonly [numerator: number, denominator: number]): string =>
  `${decimals(typeof of === 'number' ? of : hundredthsOf(...of), false)}\u00a0%`;

// 4322 -> "43,22"; percentage points.
export const points = (hundredths: number, signed = false): string => decimals(hundredths, signed);

// "1 GB" and such are never shown; "12,4 kB" is, of files.
export const kilobytes = (bytes: number): string => `${decimals(Math.round(bytes / 10), false)}\u00a0kB`;
