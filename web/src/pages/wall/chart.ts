// The rate day by day as a line, by uPlot; a chunk of its own. A day whose number is an older one's is a gap, not a point.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { type Schema } from '../../client/call';
import { msOf, shortDay } from '../../text/dates';
import { percent } from '../../text/numbers';
import { type SeriesDay } from './answers';

// Gives what ends it.
export function drawChart(into: HTMLElement, days: SeriesDay[], target?: Schema['CampaignTarget']): () => void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const root = parseFloat(style.fontSize);
  // A day's value stands at its end.
  const ends = days.map((one) => (msOf(one.day) + 86_400_000) / 1000);
  const rates = days.map((one) => (one.is_new && one.hundredths !== undefined ? one.hundredths / 100 : null));
  const path = ends.map((end) => {
    if (!target) return null;
    const [from, to] = [msOf(target.start) / 1000, msOf(target.due_before) / 1000];
    if (end < from || end > to) return null;
    return (target.start_hundredths + ((target.hundredths - target.start_hundredths) * (end - from)) / (to - from)) / 100;
  });
  const goal = ends.map(() => (target ? target.hundredths / 100 : null));
  const line = (stroke: string, width: number, dash?: number[]): uPlot.Series => ({
    stroke: token(stroke),
    width: width * (root / 16),
    dash,
    spanGaps: false,
    points: { show: false },
  });
  const axis = {
    font: `${0.875 * root}px ${token('--font')}`,
    stroke: token('--soft'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--line'), width: 1 },
  };
  const sizeOf = () => ({ width: into.clientWidth, height: into.clientHeight });
  const plot = new uPlot(
    {
      ...sizeOf(),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true }, y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
      series: [
        {},
        { ...line('--accent', 3), points: { show: true, size: 0.5 * root, fill: token('--accent') } },
        line('--ink', 2, [root / 2, root / 3]),
        line('--ink', 1),
      ],
      axes: [
        { ...axis, size: 2.5 * root, space: 5 * root, values: (_, splits) => splits.map((at) => shortDay(at * 1000 - 1)) },
        { ...axis, size: 5 * root, space: 3 * root, values: (_, splits) => splits.map((at) => percent(Math.round(at * 100))) },
      ],
    },
    [ends, rates, path, goal] as uPlot.AlignedData,
    into,
  );
  const watch = new ResizeObserver(() => plot.setSize(sizeOf()));
  watch.observe(into);
  return () => {
    watch.disconnect();
    plot.destroy();
  };
}
