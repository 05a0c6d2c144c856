/** The catalogue of playbooks, and the one of a name. */
import { $api } from '../api/client'
import type { Playbook } from './variables'

export function usePlaybooks(): readonly Playbook[] {
  return $api.useQuery('get', '/api/v1/playbooks').data?.items ?? []
}

/** Undefined while there is none of that name. */
export function usePlaybook(name: string): Playbook | undefined {
  return usePlaybooks().find((one) => one.name === name.trim())
}
