/** The key figures: only what was heard or measured, never an estimate. */

import type { State } from '../app/state'
import type { Row } from './fleet'

export interface Figures {
  readonly assets: number
  readonly courts: number
  readonly states: Readonly<Record<State, number>>
  readonly clockFaults: number
  readonly forked: number
  /** Of the assets that are online and measured one; null when none did. */
  readonly rtt: { readonly median: number; readonly p95: number; readonly count: number } | null
  /** The version that most assets run, of those whose version is known. */
  readonly version: { readonly name: string; readonly share: number; readonly kinds: number } | null
}

export function figuresOf(rows: readonly Row[]): Figures {
  const states = { fault: 0, offline: 0, stale: 0, never: 0, online: 0 }
  const courts = new Set<string>()
  const versions = new Map<string, number>()
  const rtts: number[] = []
  let clockFaults = 0
  let forked = 0
  for (const { asset, glance, state } of rows) {
    states[state] += 1
    courts.add(asset.court)
    if (glance?.clockFault) clockFaults += 1
    if (glance?.forked) forked += 1
    if (glance?.presence === 'online' && glance.rttSeconds !== null) rtts.push(glance.rttSeconds)
    const version = asset.live?.agent_version
    if (version) versions.set(version, (versions.get(version) ?? 0) + 1)
  }
  return {
    assets: rows.length,
    courts: courts.size,
    states,
    clockFaults,
    forked,
    rtt: spread(rtts),
    version: mainVersion(versions),
  }
}

function spread(values: number[]): Figures['rtt'] {
  values.sort((one, other) => one - other)
  const at = (part: number) => values[Math.min(values.length - 1, Math.floor(values.length * part))]
  const median = at(0.5)
  const p95 = at(0.95)
  if (median === undefined || p95 === undefined) return null
  return { median, p95, count: values.length }
}

function mainVersion(versions: ReadonlyMap<string, number>): Figures['version'] {
  const known = [...versions].sort((one, other) => other[1] - one[1])
  const first = known[0]
  if (first === undefined) return null
  const all = known.reduce((sum, [, count]) => sum + count, 0)
  return { name: first[0], share: first[1] / all, kinds: known.length }
}
