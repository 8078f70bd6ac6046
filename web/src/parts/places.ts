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
  inset?: Inset; // far out at sea: on a drawn map in a frame of its own
}

// Degrees. The islands: longitude, latitude of the larger ones, for a map without their borders.
export interface Inset {
  west: number;
  south: number;
  east: number;
  north: number;
  islands: (readonly [longitude: number, latitude: number])[];
}

export interface Drawn {
  width: number;
  height: number;
  shapes: Record<string, { path: string; centre: [number, number]; width: number; height: number }>;
  frames: Record<string, Frame>;
}

// A frame on the map; what is drawn in it begins under `title`.
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
  title: number;
  path: string;
  dots: [number, number][];
}

// Four borders at round percentages, so that the greatest falls into one of the upper classes: 1, 2, 3, 4 % … 20, 40, 60, 80 %.
export function cutsOf(greatest: number): number[] {
  const step = [50, 100, 200, 500, 1000, 2000].find((one) => greatest < 5 * one) ?? 2000;
  return [1, 2, 3, 4].map((n) => n * step);
}

// 1 to 5; a border belongs to the class above it.
export const classOf = (hundredths: number, cuts: number[]): number => 1 + cuts.filter((cut) => hundredths >= cut).length;
