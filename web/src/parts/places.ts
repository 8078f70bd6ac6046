// What <TileMap> shows, and its five classes.

export interface Place {
  key: string;
  name: string; // in full
  short?: string; // on the shape
  hundredths?: number; // nothing: no data, hatched
  partial?: boolean; // dotted
  marks?: string; // "tạm"
  href?: string;
  note?: string; // a line under it: "thuộc Đà Nẵng"
  isLabel?: boolean; // only named: what it counts is in another place's number
}

export interface Drawn {
  height: number;
  paths: Record<string, string>;
  centres: Record<string, [number, number]>;
}

// Four borders at round percentages, so that the greatest falls into one of the upper classes: 1, 2, 3, 4 % … 20, 40, 60, 80 %.
export function cutsOf(greatest: number): number[] {
  const step = [50, 100, 200, 500, 1000, 2000].find((one) => greatest < 5 * one) ?? 2000;
  return [1, 2, 3, 4].map((n) => n * step);
}

// 1 to 5; a border belongs to the class above it.
export const classOf = (hundredths: number, cuts: number[]): number =>
  1 + cuts.filter((cut) => hundredths >= cut).length;
