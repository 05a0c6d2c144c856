/** The rows of the asset table: assets joined with what is known of them now. */

import type { Asset } from '../api/assets'
import type { Glance } from '../api/glance'
import { rankOf, type State, stateOf } from '../app/state'
import { TONES, type Tone, toneAt } from '../readiness/services'
import type { ColumnId, View } from './view'

export type Reason = 'none' | 'will' | 'silence' | 'never' | 'forked' | 'clock'

export interface Row {
  readonly asset: Asset
  readonly glance: Glance | undefined
  readonly state: State
  readonly reason: Reason
  /** How ready it is for the view's service; null: the view has none. */
  readonly tone: Tone | null
  /** Everything a search looks into, in small letters. */
  readonly text: string
}

/** One row an asset, in the order given; `place` is that of the service's letter, null without. */
export function rowsOf(
  assets: Iterable<Asset>,
  glances: ReadonlyMap<string, Glance>,
  place: number | null,
): Row[] {
  return Array.from(assets, (asset) => rowOf(asset, glances.get(asset.id), place))
}

export function rowOf(asset: Asset, glance: Glance | undefined, place: number | null = null): Row {
  const { id, plate, name, court, note, tags } = asset
  const text = [id, plate, name, court, note, ...tags].join('\n').toLowerCase()
  return {
    asset,
    glance,
    state: stateOf(glance),
    reason: reasonOf(glance),
    tone: toneAt(glance, place),
    text,
  }
}

/** All tags that these assets have. */
export function tagsOf(assets: Iterable<Asset>): string[] {
  return [...new Set(Array.from(assets, (asset) => asset.tags).flat())].sort()
}

/** Why an asset is in its state, when there is more to say than the state's word. */
export function reasonOf(glance: Glance | undefined): Reason {
  if (glance === undefined) return 'none'
  if (glance.forked) return 'forked'
  if (glance.clockFault) return 'clock'
  return glance.absence === 'never' ? 'none' : glance.absence
}

/** Rows that a view shows, in its order. */
export function shownIn(view: View, rows: readonly Row[]): Row[] {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = rows.filter(
    (row) =>
      (view.kinds.length === 0 || view.kinds.includes(row.asset.kind)) &&
      (view.courts.length === 0 || view.courts.includes(row.asset.court)) &&
      (view.tags.length === 0 || view.tags.some((tag) => row.asset.tags.includes(tag))) &&
      (view.verdicts.length === 0 || row.tone === null || view.verdicts.includes(row.tone)) &&
      (view.states.length === 0 || view.states.includes(row.state)) &&
      words.every((word) => row.text.includes(word)),
  )
  const sign = view.descending ? -1 : 1
  return found.sort(
    (one, other) =>
      compare(sortedBy(one, view.sort), sortedBy(other, view.sort), sign) ||
      compare(one.asset.id, other.asset.id, 1),
  )
}

type Value = string | number | null | undefined

/** What a column sorts by. */
function sortedBy(row: Row, column: ColumnId): Value {
  switch (column) {
    case 'state':
      return rankOf(row.state)
    case 'ready':
      return row.tone === null || row.tone === '-' ? null : TONES.indexOf(row.tone)
    case 'seen':
      return row.glance?.seenAt
    case 'rsrp':
      return row.glance?.rsrpDbm
    case 'rtt':
      return row.glance?.rttSeconds
    case 'version':
      return row.asset.live?.agent_version
    case 'added':
      return row.asset.made_at
    case 'tags':
      return row.asset.tags.join(' ')
    default:
      return row.asset[column]
  }
}

const COLLATOR = new Intl.Collator('zh-CN', { numeric: true })

/** What is not known comes last, whichever way one sorts. */
function compare(one: Value, other: Value, sign: number): number {
  const isOneKnown = one !== null && one !== undefined && one !== ''
  const isOtherKnown = other !== null && other !== undefined && other !== ''
  if (!isOneKnown || !isOtherKnown) return Number(isOtherKnown) - Number(isOneKnown)
  if (typeof one === 'number' && typeof other === 'number') return sign * (one - other)
  return sign * COLLATOR.compare(String(one), String(other))
}
