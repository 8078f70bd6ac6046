// The line of 28 days on a canvas, by uPlot; a chunk of its own. Days without a new figure are gaps: nothing is drawn that nobody said.

import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import { shortDay } from '../../text/dates';
import { number, percent } from '../../text/numbers';

export interface Drawn {
  seconds: number[]; // each day
  values: (number | null)[]; // percent, or a count
  isRate: boolean;
  target?: { from: number; fromRate: number; to: number; rate: number };
}

const kHeight = 15; // rem

// The path on a day: a straight line between the start and the target.
function pathAt(second: number, { from, fromRate, to, rate }: NonNullable<Drawn['target']>): number | null {
  if (second < from || second > to || to <= from) return null;
  return fromRate + ((rate - fromRate) * (second - from)) / (to - from);
}

// Gives what takes it away again.
export function draw(element: HTMLElement, drawn: Drawn): () => void {
  const { target } = drawn;
  let plot: UPlot | undefined;
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const make = () => {
    plot?.destroy();
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const font = `${0.75 * rem}px ${style.fontFamily}`;
    const axis = {
      stroke: colour('--soft'),
      font,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    };
    const data: UPlot.AlignedData = [
      drawn.seconds,
      drawn.values,
      ...(target ? [drawn.seconds.map((second) => pathAt(second, target)), drawn.seconds.map(() => target.rate)] : []),
    ] as UPlot.AlignedData;
    const greatest = Math.max(...drawn.values.map((one) => one ?? 0), target?.rate ?? 0);
    plot = new UPlot(
      {
        width: element.clientWidth,
        height: kHeight * rem,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, y: { range: [0, greatest > 0 ? greatest * 1.08 : 1] } },
        axes: [
          {
            ...axis,
            space: 5 * rem,
            splits: () => drawn.seconds.filter((_, i) => (drawn.seconds.length - 1 - i) % 7 === 0),
            values: (_, splits) => splits.map((second) => shortDay(second * 1000)),
          },
          {
            ...axis,
            size: (drawn.isRate ? 4.2 : 5) * rem,
            values: (_, splits) => splits.map((one) => (drawn.isRate ? percent(Math.round(one * 100)) : number(one))),
          },
        ],
        series: [
          {},
          { stroke: colour('--accent'), width: 2, points: { show: true, size: 7, fill: colour('--accent') } },
          ...(target
            ? [
                { stroke: colour('--soft'), width: 2, dash: [2, 4], points: { show: false } },
                { stroke: colour('--ink'), width: 2, dash: [8, 4], points: { show: false } },
              ]
            : []),
        ],
      },
      data,
      element,
    );
  };
  make();
  const widths = new ResizeObserver(() => {
    if (plot && plot.width !== element.clientWidth) plot.setSize({ width: element.clientWidth, height: kHeight * rem });
  });
  widths.observe(element);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', make);
  return () => {
    dark.removeEventListener('change', make);
    widths.disconnect();
    plot?.destroy();
  };
}
