// The days asked about: those of the address, else some around today by the server's clock.

import { serverNow } from '../../client/clock';
import { route } from '../../router.svelte';
import { addDays, isoDay } from '../../text/dates';

export function daysOf(before: number, after: number): { from: string; to: string } {
  const { from, to } = route().query;
  const is = (day: string | undefined): day is string => /^\d{4}-\d\d-\d\d$/.test(day ?? '');
  const last = is(to) ? to : is(from) ? isoDay(addDays(from, before)) : isoDay(addDays(serverNow(), after));
  const first = is(from) ? from : is(to) ? isoDay(addDays(to, -before)) : isoDay(addDays(serverNow(), -before));
  return first <= last ? { from: first, to: last } : { from: last, to: first };
}
