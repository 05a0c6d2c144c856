/** Rollouts as the server tells them, and how their states look. */
import type { Schemas } from '../api/client'
import type { Tone } from '../readiness/services'

export type Rollout = Schemas['RolloutOut']
export type Detail = Schemas['RolloutDetail']
export type Wave = Schemas['WaveOut']
export type Target = Schemas['TargetOut']
export type Plan = Schemas['PlanIO']
export type Preview = Schemas['RolloutPreview']

/** How often what still moves is asked for. */
export const ASK_MILLISECONDS = 3_000

export const STATES = [
  'failed',
  'missed',
  'out',
  'soaking',
  'waiting',
  'skipped',
  'succeeded',
] as const satisfies readonly Target['state'][]

export const STATE_TONES: Readonly<Record<Target['state'], Tone>> = {
  waiting: '-',
  out: 'P',
  soaking: 'P',
  succeeded: 'R',
  failed: 'N',
  skipped: 'L',
  missed: 'L',
}

export const ROLLOUT_TONES: Readonly<Record<Rollout['state'], Tone>> = {
  awaiting_approval: 'U',
  running: 'P',
  paused: 'L',
  succeeded: 'R',
  stopped: 'N',
  cancelled: '-',
}

export const VERDICT_TONES: Readonly<Record<Wave['verdict'], Tone>> = {
  open: 'P',
  passed: 'R',
  failed: 'N',
  cut_short: '-',
}

const ENDED: ReadonlySet<Rollout['state']> = new Set(['succeeded', 'stopped', 'cancelled'])

export function hasEnded(rollout: Rollout): boolean {
  return ENDED.has(rollout.state)
}

export function sizeOf(rollout: Rollout): number {
  return rollout.waves.reduce((sum, wave) => sum + wave.size, 0)
}
