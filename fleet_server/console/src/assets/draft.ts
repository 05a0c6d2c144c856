/** What somebody has typed about an asset, before the server has seen it. */

import type { Asset } from '../api/assets'
import { isProblem } from '../api/client'
import type { Kind } from './view'

/** As typed; the home position is WGS-84. */
export interface Draft {
  readonly id: string
  readonly kind: Kind
  readonly name: string
  readonly plate: string
  readonly court: string
  readonly note: string
  readonly tags: readonly string[]
  readonly home: Asset['home']
}

export type Field = keyof Draft

export const BLANK: Draft = {
  id: '',
  kind: 'vehicle',
  name: '',
  plate: '',
  court: '',
  note: '',
  tags: [],
  home: null,
}

export function draftOf(asset: Asset): Draft {
  return {
    id: asset.id,
    kind: asset.kind,
    name: asset.name,
    plate: asset.plate,
    court: asset.court,
    note: asset.note,
    tags: asset.tags,
    home: asset.home,
  }
}

/** Without the spaces around what was typed. */
export function trimmed(draft: Draft): Draft & { tags: string[] } {
  return {
    ...draft,
    tags: [...draft.tags],
    name: draft.name.trim(),
    plate: draft.plate.trim(),
    court: draft.court.trim(),
    note: draft.note.trim(),
  }
}

const ID = /^[a-z0-9-]{1,32}$/

export function isIdPossible(id: string): boolean {
  return ID.test(id)
}

const FIELDS: Readonly<Record<string, Field>> = {
  bad_asset_id: 'id',
  reserved_asset_id: 'id',
  asset_exists: 'id',
  asset_retired: 'id',
  foreign_court: 'court',
  bad_court: 'court',
  bad_tag: 'tags',
  too_many_tags: 'tags',
  bad_home: 'home',
}

/** The field that the server's answer is about; null when it is about the whole. */
export function fieldOf(error: unknown): Field | null {
  if (!isProblem(error)) return null
  const known = FIELDS[error.code]
  if (known !== undefined) return known
  const named = String(error.facts.field ?? '').split('.')
  if (named.some((part) => part.startsWith('home') || part.endsWith('_degrees'))) return 'home'
  const fields: readonly Field[] = ['id', 'kind', 'name', 'plate', 'court', 'note']
  return fields.find((field) => named.includes(field)) ?? null
}

const PREFIXES: Readonly<Record<Kind, string>> = {
  vehicle: 'veh-',
  backpack: 'pack-',
  clinic: 'clinic-',
  station: 'station-',
}

/** The id that would come next for a kind, after the pattern most of its assets follow. */
export function nextId(kind: Kind, assets: Iterable<Asset>): string {
  const series = new Map<string, { count: number; highest: number; digits: number }>()
  for (const asset of assets) {
    const parts = /^(.*?)(\d{1,9})$/.exec(asset.id)
    if (asset.kind !== kind || parts === null) continue
    const [, prefix = '', digits = ''] = parts
    const found = series.get(prefix) ?? { count: 0, highest: 0, digits: digits.length }
    found.count += 1
    found.highest = Math.max(found.highest, Number(digits))
    series.set(prefix, found)
  }
  const best = [...series].sort(([, one], [, other]) => other.count - one.count)[0]
  if (best === undefined) return `${PREFIXES[kind]}001`
  const [prefix, { highest, digits }] = best
  return `${prefix}${String(highest + 1).padStart(digits, '0')}`
}
