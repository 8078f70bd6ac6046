// Days and times as they are written here, always of Vietnam (UTC+7, no summer time): 19/8/2020, 16:00; in English 19 Aug 2020.
// The server writes instants as 2020-08-20T00:00+07:00, days as 2020-08-19. A cut-off of midnight is the end of the day before.

import { language } from './i18n.svelte';

const kAhead = 7 * 3600_000;
const kDay = 24 * 3600_000;
const kMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type When = string | number; // as the server writes it, or ms UTC

export function msOf(when: When): number {
  if (typeof when === 'number') return when;
  return Date.parse(/^\d{4}-\d\d-\d\d$/.test(when) ? `${when}T00:00+07:00` : when);
}

interface Parts {
  year: number;
  month: number; // 1 to 12
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export function partsOf(when: When): Parts {
  const here = new Date(msOf(when) + kAhead);
  return {
    year: here.getUTCFullYear(),
    month: here.getUTCMonth() + 1,
    day: here.getUTCDate(),
    hour: here.getUTCHours(),
    minute: here.getUTCMinutes(),
    second: here.getUTCSeconds(),
  };
}

const two = (n: number) => String(n).padStart(2, '0');

// 19/8/2020 · 19 Aug 2020
export function day(when: When): string {
  const { year, month, day: date } = partsOf(when);
  return language() === 'vi' ? `${date}/${month}/${year}` : `${date} ${kMonths[month - 1]} ${year}`;
}

// 19/8 · 19 Aug
export function shortDay(when: When): string {
  const { month, day: date } = partsOf(when);
  return language() === 'vi' ? `${date}/${month}` : `${date} ${kMonths[month - 1]}`;
}

// 15:42, or 15:42:07.
export function clock(when: When, seconds = false): string {
  const { hour, minute, second } = partsOf(when);
  return `${two(hour)}:${two(minute)}${seconds ? `:${two(second)}` : ''}`;
}

// 16:00, 25/8/2020
export const instant = (when: When, seconds = false): string => `${clock(when, seconds)}, ${day(when)}`;

// Of a cut-off: "hết 19/8/2020" · "end of 19 Aug 2020" at midnight, else the time and the day.
export function cutOff(when: When): string {
  const ms = msOf(when);
  if ((ms + kAhead) % kDay !== 0) return instant(ms);
  return `${language() === 'vi' ? 'hết' : 'end of'} ${day(ms - 1)}`;
}

// 2020-08-19, as the server is asked.
export function isoDay(when: When): string {
  const { year, month, day: date } = partsOf(when);
  return `${year}-${two(month)}-${two(date)}`;
}

export const addDays = (when: When, days: number): number => msOf(when) + days * kDay;

// "1 phút 40 giây", "3 giờ 5 phút", "2 ngày 4 giờ": the two greatest units, downwards.
export function span(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const units: [number, string, string][] = [
    [86400, 'ngày', 'd'],
    [3600, 'giờ', 'h'],
    [60, 'phút', 'min'],
    [1, 'giây', 's'],
  ];
  const at = Math.max(0, units.findIndex(([size]) => seconds >= size));
  const from = seconds === 0 ? 3 : at;
  const said: string[] = [];
  let left = seconds;
  for (const [size, vi, en] of units.slice(from, from + 2)) {
    const count = Math.floor(left / size);
    left %= size;
    if (count > 0 || said.length === 0) said.push(`${count}\u00a0${language() === 'vi' ? vi : en}`);
  }
  return said.join(' ');
}

// As it is typed here: 19/8/2020, 5/8/2020, also 05-08-2020 and 05.08.2020. Nothing when there is no such day.
export function isoOf(typed: string): string | undefined {
  const parts = /^\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\s*$/.exec(typed);
  if (!parts) return undefined;
  const [day, month, year] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}
