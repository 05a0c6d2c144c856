/** The one word that says how an asset is, until readiness says it better. */
import type { Glance } from '../api/glance'

export const STATES = ['fault', 'offline', 'stale', 'never', 'online'] as const
export type State = (typeof STATES)[number]

/** The theme's colour of each state. */
export const STATE_COLOUR: Readonly<Record<State, string>> = {
  fault: 'var(--cf-fault)',
  offline: 'var(--cf-offline)',
  stale: 'var(--cf-limited)',
  never: 'var(--cf-offline)',
  online: 'var(--cf-ready)',
}

/** No glance is an asset that was never heard of. */
export function stateOf(glance: Glance | undefined): State {
  if (glance === undefined) return 'never'
  if (glance.forked || glance.clockFault) return 'fault'
  if (glance.absence === 'never') return 'never'
  if (glance.presence === 'online') return 'online'
  return glance.presence === 'stale' ? 'stale' : 'offline'
}

/** 0 is the worst: lists are sorted by it. */
export function rankOf(state: State): number {
  return STATES.indexOf(state)
}
