/** Verdicts as the server gives them, and the letters that glances have of them. */
import type { Schemas } from '../api/client'

export type Verdict = Schemas['VerdictOut']
export type Reason = Schemas['ReasonOut']

/** One letter a service in glances, in the catalogue's order. */
export type Letter = 'R' | 'L' | 'P' | 'U' | 'N'

const LETTERS: Readonly<Record<Verdict['readiness'], Letter>> = {
  ready: 'R',
  limited: 'L',
  not_proven: 'P',
  unknown: 'U',
  not_ready: 'N',
}

/** Of a verdict that may not be there. */
export function toneOf(readiness: Verdict['readiness'] | null): Letter | '-' {
  return readiness === null ? '-' : LETTERS[readiness]
}

export function letterOf(verdict: Verdict): Letter {
  return LETTERS[verdict.readiness]
}
