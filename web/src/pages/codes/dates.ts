// Days as people here write them, 25/08/2020, and as the server has them, 2020-08-25.

import { serverNow } from '../../client/clock';
import { isoDay } from '../../text/dates';

export { isoOf } from '../../text/dates';

export function typedOf(iso: string): string {
  const [year, month, day] = iso.split('-');
  return `${day}/${month}/${year}`;
}

// Today in Vietnam, by the server's clock.
export const today = (): string => isoDay(serverNow());

// Minutes ahead of UTC: the days that are typed here are Vietnam's, wherever the browser is.
export const minutesAhead = () => 420;

// "14:59", "1:02:03".
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}
