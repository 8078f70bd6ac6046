// Borders as paths of an SVG, by d3-geo; a chunk of its own. Fitted into a square of `width`: a country is often higher than wide; Mercator, as maps of one country are drawn here.

import { type GeoPermissibleObjects, geoArea, geoMercator, geoPath } from 'd3-geo';
import type { Feature, Geometry, Position } from 'geojson';

import { type Drawn } from './places';

// On the sphere a ring that goes the other way round bounds all but its inside, and files have both ways: what would be more than half the
// globe is turned round.
function turned(rings: Position[][]): Position[][] {
  const isInsideOut = geoArea({ type: 'Polygon', coordinates: rings }) > 2 * Math.PI;
  return isInsideOut ? rings.map((ring) => [...ring].reverse()) : rings;
}
function rightWayRound(geometry: Geometry | null): Geometry | null {
  if (geometry?.type === 'Polygon') return { ...geometry, coordinates: turned(geometry.coordinates) };
  if (geometry?.type === 'MultiPolygon') return { ...geometry, coordinates: geometry.coordinates.map(turned) };
  return geometry;
}

export function draw(found: Feature<Geometry | null, { key: string }>[], width: number): Drawn {
  const shapes = found.map((shape) => ({ ...shape, geometry: rightWayRound(shape.geometry) }));
  const collection = { type: 'FeatureCollection', features: shapes } as GeoPermissibleObjects;
  const projection = geoMercator().fitSize([width, width], collection as never);
  const path = geoPath(projection).digits(1);
  const [, [, bottom]] = path.bounds(collection);
  const drawn: Drawn = { height: Math.ceil(bottom), paths: {}, centres: {} };
  for (const shape of shapes) {
    const line = path(shape as GeoPermissibleObjects);
    if (!line) continue;
    drawn.paths[shape.properties.key] = line;
    drawn.centres[shape.properties.key] = path.centroid(shape as GeoPermissibleObjects);
  }
  return drawn;
}
