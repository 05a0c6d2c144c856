/** Configuration as the server tells it, and how its states look. */
import type { Schemas } from '../api/client'
import type { Tone } from '../readiness/services'

export type Layer = Schemas['LayerDetail']
export type LayerHead = Schemas['LayerOut']
export type Effect = Schemas['EffectOut']
export type Standing = Schemas['ConfiguredAsset']
export type State = Standing['state']
export type AssetConfiguration = Schemas['AssetConfiguration']
export type Option = Schemas['OptionOut']

/** How often what still moves is asked for. */
export const ASK_MILLISECONDS = 4_000

/** Worst first. */
export const STATES = [
  'failing',
  'drifted',
  'behind',
  'never',
  'unheard',
  'applying',
  'waiting',
  'in_step',
  'nothing',
] as const satisfies readonly State[]

export const STATE_TONES: Readonly<Record<State, Tone>> = {
  failing: 'N',
  drifted: 'L',
  behind: 'L',
  never: 'L',
  unheard: 'U',
  applying: 'P',
  waiting: 'P',
  in_step: 'R',
  nothing: '-',
}

export const SCOPE_KINDS = ['fleet', 'kind', 'profile', 'court', 'asset'] as const
export type ScopeKind = (typeof SCOPE_KINDS)[number]

export const KINDS = ['vehicle', 'backpack', 'clinic', 'station'] as const

/** `court:…` to its parts; what cannot be read is the fleet. */
export function parted(scope: string): { readonly of: ScopeKind; readonly name: string } {
  const [word, ...rest] = scope.split(':')
  const name = rest.join(':')
  const of = SCOPE_KINDS.find((one) => one === word)
  return of === undefined || (of !== 'fleet' && name === '')
    ? { of: 'fleet', name: '' }
    : { of, name }
}

/** A value on one line. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
