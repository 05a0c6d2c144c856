/** What the page's address holds: filters, the selected asset, and how the map looks. */

import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'
import type { View } from '../map/livingMap'
import { COVERAGE_METRICS, type CoverageMetric, type Ramp } from '../map/palette'
import type { Shown } from '../map/style'
import { type Filters, put, readFilters, writeFilters } from './filters'

/** How the map looks, as chosen by the reader. */
export interface Choice {
  readonly shown: Shown
  readonly metric: CoverageMetric
  readonly ramp: Ramp
  /** Id of the base map; "" for the first. */
  readonly base: string
}

const DEFAULT_SHOWN: Shown = { assets: true, trails: true, coverage: true, places: true }
const FILTERS = ['q', 'state', 'kind', 'court', 'service', 'ready']
const LAYERS = Object.keys(DEFAULT_SHOWN) as (keyof Shown)[]

export interface Address {
  readonly filters: Filters
  readonly selected: string | null
  readonly choice: Choice
  /** Where the map begins; later moves of the map change the address, not this. */
  readonly view: View | null
  readonly setFilters: (filters: Filters) => void
  readonly select: (asset: string | null) => void
  readonly setChoice: (choice: Choice) => void
  readonly setView: (view: View) => void
}

export function useAddress(): Address {
  const [query, setQuery] = useSearchParams()
  const change = useCallback(
    (alter: (query: URLSearchParams) => void, replace = true) =>
      setQuery(
        () => {
          // Not the router's copy: it is one step behind when two changes come together.
          const next = new URLSearchParams(location.search)
          alter(next)
          return next
        },
        { replace, preventScrollReset: true },
      ),
    [setQuery],
  )
  const setFilters = useCallback(
    (filters: Filters) => change((next) => writeFilters(next, filters)),
    [change],
  )
  // A selection is a step that the browser's Back undoes; everything else is not.
  const select = useCallback(
    (asset: string | null) => change((next) => put(next, 'asset', asset ?? ''), false),
    [change],
  )
  const setChoice = useCallback(
    (choice: Choice) => change((next) => writeChoice(next, choice)),
    [change],
  )
  const setView = useCallback(
    (view: View) => change((next) => next.set('map', writeView(view))),
    [change],
  )
  const narrows = FILTERS.map((key) => query.get(key)).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: only these parts matter
  const filters = useMemo(() => readFilters(query), [narrows])
  const looks = ['hide', 'metric', 'ramp', 'base'].map((key) => query.get(key)).join('|')
  // biome-ignore lint/correctness/useExhaustiveDependencies: only these parts matter
  const choice = useMemo(() => readChoice(query), [looks])
  return {
    filters,
    choice,
    selected: query.get('asset'),
    view: readView(query.get('map')),
    setFilters,
    select,
    setChoice,
    setView,
  }
}

function readChoice(query: URLSearchParams): Choice {
  const hidden = (query.get('hide') ?? '').split(',')
  const shown = { ...DEFAULT_SHOWN }
  for (const layer of LAYERS) shown[layer] = !hidden.includes(layer)
  return {
    shown,
    metric: COVERAGE_METRICS.find((one) => one === query.get('metric')) ?? 'rsrp_dbm',
    ramp: query.get('ramp') === 'viridis' ? 'viridis' : 'traffic',
    base: query.get('base') ?? '',
  }
}

function writeChoice(query: URLSearchParams, { shown, metric, ramp, base }: Choice): void {
  put(query, 'hide', LAYERS.filter((layer) => !shown[layer]).join(','))
  put(query, 'metric', metric === 'rsrp_dbm' ? '' : metric)
  put(query, 'ramp', ramp === 'traffic' ? '' : ramp)
  put(query, 'base', base)
}

/** `106.55000,29.56000,7.20`: longitude, latitude (WGS-84) and zoom. */
export function writeView({ place, zoom }: View): string {
  return `${place[0].toFixed(5)},${place[1].toFixed(5)},${zoom.toFixed(2)}`
}

export function readView(text: string | null): View | null {
  const numbers = (text ?? '').split(',').map(Number)
  const [longitude, latitude, zoom] = numbers
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null
  if (longitude === undefined || latitude === undefined || zoom === undefined) return null
  return { place: [longitude, latitude], zoom }
}
