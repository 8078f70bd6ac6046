// Days as people here write them, 25/08/2020, and as the server has them, 2020-08-25.

import { serverNow } from '../../client/clock';

export { isoOf } from '../../text/dates';

export function typedOf(iso: string): string {
  const [year, month, day] = iso.split('-');
  return `${day}/${month}/${year}`;
}

// Today where the reader is, by the server's clock.
export function today(): string {
  const now = new Date(serverNow());
  const two = (n: number) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

// Minutes ahead of UTC; 420 in Vietnam.
export const minutesAhead = () => -new Date().getTimezoneOffset();

// "14:59", "1:02:03".
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

// "14:05 ngày 25/08/2020" is put together by the page; this is its two parts.
export function clockOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}
