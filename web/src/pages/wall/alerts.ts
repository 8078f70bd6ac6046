// What interrupts: a missed deadline, a cumulative count that fell, less than half of the path.

import { msOf } from '../../text/dates';
import { type Deadlines, type Silent, type TargetStatus, type Wall, type WallRow } from './answers';

export type Alert =
  | { kind: 'missed'; due: string; silent: Silent[] }
  | { kind: 'falls'; row: WallRow; gain: number }
  | { kind: 'half'; status: TargetStatus };

export function alertsOf(wall: Wall, deadlines: Deadlines | undefined): Alert[] {
  const alerts: Alert[] = [];
  const dues = (deadlines?.missed ?? []).flatMap((one) => (one.due_before ? [one.due_before] : []));
  if (deadlines && dues.length > 0) {
    // Of the last deadline that passed alone, and for one day: the rest stands in its list.
    const last = dues.reduce((a, b) => (msOf(b) > msOf(a) ? b : a));
    const silent = deadlines.missed.filter((one) => one.due_before === last);
    if (deadlines.server_ms - msOf(last) < 24 * 3600_000) alerts.push({ kind: 'missed', due: last, silent });
  }
  for (const row of [wall.whole, ...wall.children]) {
    const gain = Math.min(row.gain_day ?? 0, row.gain_week ?? 0);
    if (gain < 0) alerts.push({ kind: 'falls', row, gain });
  }
  for (const status of wall.targets) {
    if (status.is_alert) alerts.push({ kind: 'half', status });
  }
  return alerts;
}

// The target that the wall's own rate is held against; nothing when the unit has none.
export const mainTarget = (wall: Wall): TargetStatus | undefined =>
  wall.targets.find((status) => status.target.indicator === wall.indicator);
