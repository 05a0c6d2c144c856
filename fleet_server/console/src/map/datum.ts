/**
 * Between the coordinates we keep and those a map is drawn in.
 *
 * Courtfleet keeps WGS-84 everywhere. A base map in GCJ-02 is moved by some 500 m, so while one is
 * shown everything drawn over it goes through `toDisplay`, and every click through `toStored`.
 * Nothing else in the console transforms coordinates.
 */

import gcoord from 'gcoord'
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson'

export type Datum = 'wgs84' | 'gcj02'

/** Longitude and latitude in degrees. */
export type Place = readonly [longitude: number, latitude: number]

/** Each pass makes the error of the inverse about a thousand times smaller. */
const PASSES = 4

/** A stored place, as the map with this datum wants it. */
export function toDisplay(datum: Datum, place: Place): [number, number] {
  if (datum === 'wgs84') return [place[0], place[1]]
  const [longitude, latitude] = gcoord.transform([place[0], place[1]], gcoord.WGS84, gcoord.GCJ02)
  return [longitude, latitude]
}

/** A place on the map with this datum, as we store it: WGS-84, exact to well under a millimetre. */
export function toStored(datum: Datum, place: Place): [number, number] {
  if (datum === 'wgs84') return [place[0], place[1]]
  let [longitude, latitude] = place
  for (let pass = 0; pass < PASSES; pass += 1) {
    const [x, y] = toDisplay(datum, [longitude, latitude])
    longitude += place[0] - x
    latitude += place[1] - y
  }
  return [longitude, latitude]
}

/** A whole collection moved for display; the same object when there is nothing to move. */
export function collectionToDisplay<P>(
  datum: Datum,
  collection: FeatureCollection<Geometry, P>,
): FeatureCollection<Geometry, P> {
  if (datum === 'wgs84') return collection
  return { ...collection, features: collection.features.map((one) => moved(datum, one)) }
}

function moved<P>(datum: Datum, feature: Feature<Geometry, P>): Feature<Geometry, P> {
  return { ...feature, geometry: movedGeometry(datum, feature.geometry) }
}

function movedGeometry(datum: Datum, geometry: Geometry): Geometry {
  const move = (at: Position): Position => toDisplay(datum, [at[0] ?? 0, at[1] ?? 0])
  switch (geometry.type) {
    case 'Point':
      return { ...geometry, coordinates: move(geometry.coordinates) }
    case 'MultiPoint':
    case 'LineString':
      return { ...geometry, coordinates: geometry.coordinates.map(move) }
    case 'MultiLineString':
    case 'Polygon':
      return { ...geometry, coordinates: geometry.coordinates.map((line) => line.map(move)) }
    case 'MultiPolygon':
      return {
        ...geometry,
        coordinates: geometry.coordinates.map((rings) => rings.map((ring) => ring.map(move))),
      }
    case 'GeometryCollection':
      return {
        ...geometry,
        geometries: geometry.geometries.map((one) => movedGeometry(datum, one)),
      }
  }
}
