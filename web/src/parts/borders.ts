// Borders as paths of an SVG, by d3-geo; a chunk of its own. Fitted into a square of `size`: a country is often higher than wide; Mercator,
// as maps of one country are drawn here. Islands far out at sea stand in frames at the right edge, as on printed maps, each about where
// it lies from north to south; without them the mainland would have half of the sheet.

import { type GeoPermissibleObjects, geoArea, geoMercator, geoPath } from 'd3-geo';
import type { Feature, Geometry, Polygon, Position } from 'geojson';

import { type Drawn, type Frame, type Inset } from './places';

type Shape = Feature<Geometry | null, { key: string }>;

// On the sphere a ring that goes the other way round bounds all but its inside, and files have both ways: what would be more than half the
// globe is turned round.
function turned(rings: Position[][]): Position[][] {
  const isInsideOut = geoArea({ type: 'Polygon', coordinates: rings }) > 2 * Math.PI;
  return isInsideOut ? rings.map((ring) => [...ring].reverse()) : rings;
}
const polygonsOf = (geometry: Geometry | null): Position[][][] =>
  geometry?.type === 'Polygon' ? [geometry.coordinates] : geometry?.type === 'MultiPolygon' ? geometry.coordinates : [];
const areaOf = (polygons: Position[][][]): Geometry => ({ type: 'MultiPolygon', coordinates: polygons });

const isWithin = (polygon: Position[][], { west, south, east, north }: Inset): boolean =>
  (polygon[0] ?? []).every(([x = 0, y = 0]) => x >= west && x <= east && y >= south && y <= north);

const kFrame = 0.23; // how wide a frame is, of the whole
const kTitle = 0.09; // over what is drawn in it: two lines
const kGap = 0.02;

// Nothing where there is no land to be drawn.
export function draw(found: Shape[], size: number, insets: Record<string, Inset> = {}): Drawn | undefined {
  const boxes = Object.entries(insets);
  const shapes = found.map(({ properties: { key }, geometry }) => ({ key, polygons: polygonsOf(geometry).map(turned) }));
  const isFar = (polygon: Position[][]) => boxes.some(([, box]) => isWithin(polygon, box));
  const near = shapes
    .map(({ key, polygons }) => ({ key, polygons: polygons.filter((polygon) => !isFar(polygon)) }))
    .filter(({ polygons }) => polygons.length > 0)
    .map(({ key, polygons }) => ({ key, area: areaOf(polygons) }));
  if (near.length === 0) return undefined;

  const land = { type: 'GeometryCollection', geometries: near.map((one) => one.area) } as GeoPermissibleObjects;
  const beside = boxes.length > 0 ? size * (kFrame + kGap) : 0;
  const projection = geoMercator().fitWidth(size - beside, land as never);
  const path = geoPath(projection).digits(1);
  if (path.bounds(land)[1][1] > size) projection.fitHeight(size, land as never);
  const [right, bottom] = path.bounds(land)[1];
  const drawn: Drawn = { width: Math.ceil(right + beside), height: Math.ceil(bottom), shapes: {}, frames: {} };
  for (const { key, area } of near) {
    const [[x, y], [toX, toY]] = path.bounds(area);
    drawn.shapes[key] = { path: path(area) ?? '', centre: path.centroid(area), width: toX - x, height: toY - y };
  }

  // From the south upwards, so that none stands over another.
  let floor = drawn.height;
  for (const [key, box] of boxes.sort(([, a], [, b]) => a.south - b.south)) {
    const within = shapes.flatMap(({ polygons }) => polygons.filter((polygon) => isWithin(polygon, box)));
    const frame = frameOf(box, within, size * kFrame, size * kTitle);
    const middle = projection([box.west, (box.south + box.north) / 2])?.[1] ?? 0;
    const top = Math.min(middle - frame.height / 2, floor - frame.height);
    floor = top - size * kGap;
    drawn.frames[key] = { ...frame, x: drawn.width - frame.width, y: top };
  }
  // Where the land is too low for them, they begin at its top and the sheet grows.
  const above = Math.max(0, ...Object.values(drawn.frames).map((frame) => -frame.y));
  for (const frame of Object.values(drawn.frames)) {
    frame.y += above;
    drawn.height = Math.max(drawn.height, Math.ceil(frame.y + frame.height));
  }
  return drawn;
}

// What is drawn in it: the borders, where there are any, else each of the larger islands as a dot.
function frameOf(box: Inset, polygons: Position[][][], width: number, title: number): Frame {
  const corners: Polygon = {
    type: 'Polygon',
    coordinates: [
      [
        [box.west, box.south],
        [box.west, box.north],
        [box.east, box.north],
        [box.east, box.south],
        [box.west, box.south],
      ],
    ],
  };
  const projection = geoMercator().fitWidth(width, corners);
  const path = geoPath(projection).digits(1);
  const height = Math.ceil(path.bounds(corners)[1][1]) + title;
  return {
    x: 0,
    y: 0,
    width,
    height,
    title,
    path: polygons.length > 0 ? (path(areaOf(polygons)) ?? '') : '',
    dots: polygons.length > 0 ? [] : box.islands.map((island) => projection(island as [number, number]) ?? [0, 0]),
  };
}
