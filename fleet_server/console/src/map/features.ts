/** What is drawn over the base map, as the lean collections that MapLibre takes. */

import type { FeatureCollection, LineString, Point } from 'geojson'
import { rankOf, STATES, type State } from '../app/state'
import { type Datum, type Place, toDisplay } from './datum'
import type { Kind } from './marks'

/** One asset with a place. */
export interface Mark {
  id: string
  kind: Kind
  state: State
  place: Place
  /** Degrees from true north while it moves, else null. */
  heading: number | null
}

/** One asset's way, oldest first, in pieces: between two of them nothing was heard. */
export interface Trail {
  asset: string
  pieces: readonly (readonly Place[])[]
}

export interface MarkProperties {
  id: string
  kind: Kind
  state: State
  /** Higher is worse, and drawn above. */
  rank: number
  heading?: number
}

export type MarkCollection = FeatureCollection<Point, MarkProperties>
/** The newest piece fades out backwards, older ones are faint. */
export type TrailCollection = FeatureCollection<LineString, { id: string; newest: boolean }>

export function markCollection(marks: readonly Mark[], datum: Datum): MarkCollection {
  return {
    type: 'FeatureCollection',
    features: marks.map((mark) => ({
      type: 'Feature',
      properties: {
        id: mark.id,
        kind: mark.kind,
        state: mark.state,
        rank: STATES.length - rankOf(mark.state),
        ...(mark.heading === null ? {} : { heading: mark.heading }),
      },
      geometry: { type: 'Point', coordinates: toDisplay(datum, mark.place) },
    })),
  }
}

export function trailCollection(trails: readonly Trail[], datum: Datum): TrailCollection {
  return {
    type: 'FeatureCollection',
    features: trails.flatMap(({ asset, pieces }) =>
      pieces.map((piece, index) => ({
        type: 'Feature' as const,
        properties: { id: asset, newest: index === pieces.length - 1 },
        geometry: {
          type: 'LineString' as const,
          coordinates: piece.map((place) => toDisplay(datum, place)),
        },
      })),
    ),
  }
}
