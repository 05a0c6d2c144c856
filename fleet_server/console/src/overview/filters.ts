/** Which rows are shown, and how many each further filter would show. */

import { STATES, type State } from '../app/state'
import type { Kind } from '../map/marks'
import { TONES, type Tone, toneAt } from '../readiness/services'
import type { Row } from './fleet'

export const KINDS: readonly Kind[] = ['vehicle', 'backpack', 'clinic', 'station']

export interface Filters {
  readonly text: string
  /** Empty: any. */
  readonly states: readonly State[]
  readonly kinds: readonly Kind[]
  readonly court: string
  /** What the fleet is looked at for; "" is no service. */
  readonly service: string
  /** How ready for that service; empty: any. */
  readonly verdicts: readonly Tone[]
}

export const ANY: Filters = {
  text: '',
  states: [],
  kinds: [],
  court: '',
  service: '',
  verdicts: [],
}

export function isAny(filters: Filters): boolean {
  const { text, states, kinds, court, verdicts } = filters
  const chosen = states.length + kinds.length + verdicts.length
  return text === '' && chosen === 0 && court === ''
}

/** `place` is that of the service's letter, null without one. */
export function matches(row: Row, filters: Filters, place: number | null): boolean {
  const { states, kinds, court, verdicts } = filters
  const tone = toneAt(row.glance, place)
  return (
    (verdicts.length === 0 || tone === null || verdicts.includes(tone)) &&
    (states.length === 0 || states.includes(row.state)) &&
    (kinds.length === 0 || kinds.includes(row.asset.kind)) &&
    (court === '' || row.asset.court === court) &&
    hasText(row, filters.text)
  )
}

function hasText({ id, asset }: Row, text: string): boolean {
  if (text === '') return true
  const wanted = text.toLowerCase()
  return [id, asset.name, asset.court, asset.plate ?? ''].some((one) =>
    one.toLowerCase().includes(wanted),
  )
}

/** The rows in the order of their readiness, worst first; the order within one verdict stays. */
export function byReadiness(rows: readonly Row[], place: number | null): readonly Row[] {
  if (place === null) return rows
  const rank = (row: Row) => TONES.indexOf(toneAt(row.glance, place) ?? '-')
  return rows.toSorted((one, other) => rank(one) - rank(other))
}

export interface Counts {
  readonly states: Readonly<Record<State, number>>
  readonly kinds: Readonly<Record<Kind, number>>
  readonly courts: ReadonlyMap<string, number>
}

/** What each chip would show: its count obeys the other filters, not its own kind of filter. */
export function countRows(rows: readonly Row[], filters: Filters, place: number | null): Counts {
  const states = { fault: 0, offline: 0, stale: 0, never: 0, online: 0 }
  const kinds = { vehicle: 0, backpack: 0, clinic: 0, station: 0 }
  const courts = new Map<string, number>()
  const anyState = { ...filters, states: [] }
  const anyKind = { ...filters, kinds: [] }
  const anyCourt = { ...filters, court: '' }
  for (const row of rows) {
    if (matches(row, anyState, place)) states[row.state] += 1
    if (matches(row, anyKind, place)) kinds[row.asset.kind] += 1
    if (matches(row, anyCourt, place))
      courts.set(row.asset.court, (courts.get(row.asset.court) ?? 0) + 1)
  }
  return { states, kinds, courts }
}

/** The same list with `one` added, or taken away when it was there. */
export function toggled<T>(list: readonly T[], one: T): T[] {
  return list.includes(one) ? list.filter((other) => other !== one) : [...list, one]
}

/** `q=`, `state=fault,offline`, `kind=`, `court=`, `service=`, `ready=N,L`; no unknown words. */
export function readFilters(query: URLSearchParams): Filters {
  return {
    text: query.get('q') ?? '',
    states: listed(query.get('state'), STATES),
    kinds: listed(query.get('kind'), KINDS),
    court: query.get('court') ?? '',
    service: query.get('service') ?? '',
    verdicts: listed(query.get('ready'), TONES),
  }
}

export function writeFilters(query: URLSearchParams, filters: Filters): void {
  put(query, 'q', filters.text)
  put(query, 'state', filters.states.join(','))
  put(query, 'kind', filters.kinds.join(','))
  put(query, 'court', filters.court)
  put(query, 'service', filters.service)
  put(query, 'ready', filters.service === '' ? '' : filters.verdicts.join(','))
}

/** Sets a key of the address, or takes it out when there is nothing to say. */
export function put(query: URLSearchParams, key: string, value: string): void {
  if (value === '') query.delete(key)
  else query.set(key, value)
}

function listed<T extends string>(text: string | null, known: readonly T[]): T[] {
  const said = (text ?? '').split(',')
  return known.filter((one) => said.includes(one))
}
