/** What a mark on the map says: an asset's state or, looked at for one service, its readiness. */

import { STATE_COLOUR, STATES, type State } from '../app/state'
import { TONES as VERDICTS, type Tone as Verdict } from '../readiness/services'

export type Tone = State | Verdict

/** Worst first, in either way of looking: the order of a ring's colours, and of what covers what. */
export const TONES: readonly Tone[] = [...STATES, ...VERDICTS]

/** 0 is the worst. */
export function rankOf(tone: Tone): number {
  return TONES.indexOf(tone)
}

/** What nothing certain is known of is drawn as a ring. */
export function isHollow(tone: Tone): boolean {
  return HOLLOW.has(tone)
}

const HOLLOW: ReadonlySet<Tone> = new Set(['offline', 'never', 'P', 'U', '-'])

/** The theme's colour of each tone. */
export const TONE_COLOUR: Readonly<Record<Tone, string>> = {
  ...STATE_COLOUR,
  N: 'var(--cf-fault)',
  U: 'var(--cf-offline)',
  P: 'var(--cf-limited)',
  L: 'var(--cf-limited)',
  R: 'var(--cf-ready)',
  '-': 'var(--cf-offline)',
}
