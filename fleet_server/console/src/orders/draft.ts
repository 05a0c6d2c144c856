/** What somebody is about to order, and the task that it makes. */
import type { Schemas } from '../api/client'
import type { Variables } from '../playbooks/variables'
import type { Order } from './state'

type Task = Schemas['OrderIn']['task']

export const COMMANDS = [
  'disk_use',
  'memory_use',
  'network_state',
  'failed_units',
  'agent_log',
  'time_state',
] as const satisfies readonly Schemas['RemoteCommand'][]

export interface Draft {
  readonly playbook: string
  readonly variables: Variables
  readonly isCheck: boolean
  readonly command: (typeof COMMANDS)[number]
  readonly target: string
  readonly why: string
}

export const EMPTY: Draft = {
  playbook: '',
  variables: {},
  isCheck: true,
  command: 'disk_use',
  target: '',
  why: '',
}

const UNIT = /\.(service|socket|timer)$/

/** The task, null while something of it is missing or wrong. */
export function taskOf(kind: Order['kind'], draft: Draft): Task | null {
  switch (kind) {
    case 'bundle': {
      const playbook = draft.playbook.trim()
      if (playbook === '') return null
      return { kind, playbook, variables: draft.variables, is_check: draft.isCheck }
    }
    case 'command':
      return { kind, command: draft.command }
    case 'restart': {
      const target = draft.target.trim()
      if (target === '') return null
      const isUnit = UNIT.test(target)
      return { kind, unit: isUnit ? target : '', device: isUnit ? '' : target }
    }
    default:
      return { kind }
  }
}
