// The table's rows in the order of their rates, and the sources of what is shown.

import { type Wall, type WallRow } from './answers';

export interface Ranked {
  row: WallRow;
  place?: number; // equal rates share one; nothing without a rate
}

// The greatest rate first; those without one after them, in the order in which they came (Vietnamese).
export function ranked(children: WallRow[]): Ranked[] {
  const rateOf = (row: WallRow) => row.rate.hundredths;
  const sorted = [...children].sort((a, b) => (rateOf(b) ?? -1) - (rateOf(a) ?? -1));
  return sorted.map((row) => {
    const rate = rateOf(row);
    if (rate === undefined) return { row };
    return { row, place: 1 + sorted.filter((other) => (rateOf(other) ?? -1) > rate).length };
  });
}

export interface Footnote {
  source: string;
  on?: string;
  isIllustrative: boolean;
}

// Each source and cut-off once, in the order in which they appear; `numberOf` tells a row's.
export function footnotesOf(wall: Wall): { notes: Footnote[]; numbersOf: (row: WallRow) => number[] } {
  const notes: Footnote[] = [];
  const noteOf = (source: string, on: string | undefined, isIllustrative: boolean): number => {
    const at = notes.findIndex((one) => one.source === source && one.on === on && one.isIllustrative === isIllustrative);
    if (at >= 0) return at + 1;
    notes.push({ source, on, isIllustrative });
    return notes.length;
  };
  const of = (row: WallRow): number[] => {
    const { numerator, denominator } = row.rate;
    const numbers: number[] = [];
    if (numerator.value !== undefined) {
      numbers.push(noteOf(numerator.own?.source ?? wall.source, numerator.oldest, numerator.is_illustrative));
    }
    if (denominator) numbers.push(noteOf(denominator.source, denominator.cut_off, denominator.is_illustrative));
    return numbers;
  };
  const numbers = new Map([wall.whole, ...wall.children].map((row) => [row.unit, of(row)]));
  return { notes, numbersOf: (row) => numbers.get(row.unit) ?? [] };
}
