// Borders as paths of an SVG, by d3-geo; a chunk of its own. Fitted to `width`; Mercator, as maps of one country are drawn here.

import { type GeoPermissibleObjects, geoMercator, geoPath } from 'd3-geo';
import type { Feature, Geometry } from 'geojson';

import { type Drawn } from './places';

export function draw(shapes: Feature<Geometry | null, { key: string }>[], width: number): Drawn {
  const collection = { type: 'FeatureCollection', features: shapes } as GeoPermissibleObjects;
  const projection = geoMercator().fitWidth(width, collection as never);
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
