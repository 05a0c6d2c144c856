/** What the wizard has been told so far, and the plan that follows from it. */
import type { Schemas } from '../api/client'
import type { Variables } from '../playbooks/variables'
import type { Plan } from './rollouts'

type Kind = NonNullable<Schemas['SelectionIO']['kinds']>[number]
type Readiness = NonNullable<Schemas['SelectionIO']['readiness']>[number]

export interface WaveDraft {
  readonly key: number
  /** `2` or `10%`. */
  readonly size: string
  readonly success: number
  readonly failure: number
  readonly soakMinutes: number
  readonly checksHealth: boolean
}

export interface Draft {
  readonly playbook: string
  readonly variables: Variables
  readonly why: string
  readonly courts: readonly string[]
  readonly kinds: readonly Kind[]
  readonly versions: readonly string[]
  readonly tags: readonly string[]
  readonly assets: string
  readonly service: string
  readonly readiness: readonly Readiness[]
  readonly waves: readonly WaveDraft[]
  readonly atOnce: number
  readonly hours: number
  readonly inWindows: boolean
  readonly whileMoving: boolean
  readonly needsApproval: boolean
}

/** What each step of the wizard is given. */
export interface StepProps {
  readonly draft: Draft
  readonly isTried: boolean
  readonly onChange: (part: Partial<Draft>) => void
}

export const KINDS: readonly Kind[] = ['vehicle', 'backpack', 'clinic', 'station']
export const READINESS: readonly Readiness[] = [
  'ready',
  'limited',
  'not_proven',
  'unknown',
  'not_ready',
]

const USUAL = { success: 80, failure: 10, soakMinutes: 30, checksHealth: true }

export const NEW: Draft = {
  playbook: '',
  variables: {},
  why: '',
  courts: [],
  kinds: [],
  versions: [],
  tags: [],
  assets: '',
  service: '',
  readiness: [],
  waves: [
    { key: 1, ...USUAL, size: '2', success: 100, failure: 0 },
    { key: 2, ...USUAL, size: '10%' },
    { key: 3, ...USUAL, size: '50%' },
    { key: 4, ...USUAL, size: '100%' },
  ],
  atOnce: 10,
  hours: 7 * 24,
  inWindows: true,
  whileMoving: false,
  needsApproval: false,
}

const SIZE = /^\s*([1-9]\d*)\s*(%?)\s*$/

export function isSize(text: string): boolean {
  return SIZE.test(text)
}

/** With one more wave before the last, which takes the rest. */
export function withWave(waves: readonly WaveDraft[]): WaveDraft[] {
  const key = Math.max(0, ...waves.map((wave) => wave.key)) + 1
  return [...waves.slice(0, -1), { key, ...USUAL, size: '' }, ...waves.slice(-1)]
}

export function planOf(draft: Draft, isCheck = false): Plan {
  return {
    selection: {
      courts: [...draft.courts],
      kinds: [...draft.kinds],
      versions: [...draft.versions],
      tags: [...draft.tags],
      assets: draft.assets.split(/[\s,，、]+/).filter(Boolean),
      service: draft.service,
      readiness: [...draft.readiness],
    },
    waves: draft.waves.map((wave) => ({
      ...sizeOf(wave.size),
      gate: {
        success_percent: wave.success,
        failure_percent: wave.failure,
        soak_seconds: wave.soakMinutes * 60,
        checks_health: wave.checksHealth,
      },
    })),
    conditions: {
      disturbs: true,
      while_moving: draft.whileMoving,
      least_battery_percent: 0,
      least_free_megabytes: 200,
      on_metered: true,
    },
    most_at_once: draft.atOnce,
    lasts_seconds: draft.hours * 3600,
    limit_seconds: 1800,
    in_windows: draft.inWindows,
    needs_approval: draft.needsApproval,
    is_check: isCheck,
  }
}

function sizeOf(text: string): { count: number } | { percent: number } {
  const [, number, sign] = SIZE.exec(text) ?? []
  return sign === '%' ? { percent: Number(number) } : { count: Number(number) }
}
