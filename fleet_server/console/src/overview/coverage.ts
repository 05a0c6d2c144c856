/** Hexagons of what the fleet measured, in a size that fits the zoom. */

import type { FeatureCollection } from 'geojson'
import { $api } from '../api/client'
import type { CoverageMetric } from '../map/palette'

export const COVERAGE_DAYS = 7
const ASK_AGAIN_MS = 60_000
/** A fleet that has just begun has measured nothing yet, and will in a moment. */
const ASK_AGAIN_WHILE_EMPTY_MS = 10_000
const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The whole box is asked for in steps of this, so that a small move asks nothing new. */
const STEP_DEGREES = 0.5

export type Box = readonly [west: number, south: number, east: number, north: number]

export interface Coverage {
  readonly hexagons: FeatureCollection
  readonly isEmpty: boolean
}

export function useCoverage(
  metric: CoverageMetric,
  zoom: number,
  seen: Box | null,
  isWanted: boolean,
): Coverage {
  const resolution = resolutionAt(zoom)
  const box = seen === null || resolution <= 7 ? {} : widened(seen)
  const asked = $api.useQuery(
    'get',
    '/api/v1/coverage',
    { params: { query: { metric, resolution, days: COVERAGE_DAYS, ...box } } },
    {
      enabled: isWanted,
      refetchInterval: ({ state }) =>
        isEmpty(state.data) ? ASK_AGAIN_WHILE_EMPTY_MS : ASK_AGAIN_MS,
      staleTime: ASK_AGAIN_MS,
      placeholderData: (before) => before,
    },
  )
  if (!isWanted || asked.data === undefined) return { hexagons: NOTHING, isEmpty: false }
  return { hexagons: asked.data as FeatureCollection, isEmpty: isEmpty(asked.data) }
}

function isEmpty(coverage: { features: readonly unknown[] } | undefined): boolean {
  return coverage?.features.length === 0
}

/** H3 resolution: hexagons of some 8 to 30 pixels across. */
export function resolutionAt(zoom: number): number {
  if (zoom < 7.4) return 6
  if (zoom < 9) return 7
  if (zoom < 10.6) return 8
  return 9
}

function widened([west, south, east, north]: Box) {
  const down = (value: number) => Math.floor(value / STEP_DEGREES) * STEP_DEGREES
  const up = (value: number) => Math.ceil(value / STEP_DEGREES) * STEP_DEGREES
  return { west: down(west), south: down(south), east: up(east), north: up(north) }
}
