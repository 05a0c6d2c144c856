/** The registered assets and what the stream says of them, as rows: worst first, then by number. */

import { useMemo } from 'react'
import { type Asset, useAssets } from '../api/assets'
import { type Glance, useGlances } from '../api/live'
import { rankOf, STATES, type State, stateOf } from '../app/state'

export interface Row {
  readonly id: string
  readonly asset: Asset
  readonly glance: Glance | undefined
  readonly state: State
}

export interface Fleet {
  readonly rows: readonly Row[]
  readonly isLoading: boolean
  readonly error: unknown
  readonly refetch: () => void
}

/** Changes at most once a second. */
export function useFleet(): Fleet {
  const { assets, isLoading, error, refetch } = useAssets()
  const glances = useGlances()
  const rows = useMemo(() => joined(assets, glances), [assets, glances])
  return { rows, isLoading, error, refetch }
}

export function joined(
  assets: ReadonlyMap<string, Asset>,
  glances: ReadonlyMap<string, Glance>,
): Row[] {
  // Assets come in order of id: one bucket a state keeps that order without sorting each second.
  const buckets: Row[][] = STATES.map(() => [])
  for (const [id, asset] of assets) {
    const glance = glances.get(id)
    const state = stateOf(glance)
    buckets[rankOf(state)]?.push({ id, asset, glance, state })
  }
  return buckets.flat()
}

export interface Placed {
  readonly longitude: number
  readonly latitude: number
}

/** Where it was last, else the home that was registered for it; null when neither is known. */
export function placeOf({ asset, glance }: Row): Placed | null {
  if (glance !== undefined && glance.longitude !== null && glance.latitude !== null) {
    return { longitude: glance.longitude, latitude: glance.latitude }
  }
  if (asset.home == null) return null
  return { longitude: asset.home.longitude_degrees, latitude: asset.home.latitude_degrees }
}
