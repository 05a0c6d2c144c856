/** The services of the fleet's catalogue, and where a glance has each one's letter. */
import { $api, type Schemas } from '../api/client'
import type { Glance } from '../api/glance'
import type { Letter } from './verdict'

export type Service = Schemas['ServiceOut']

/** A verdict's letter, or `-` where the asset is not judged for the service, or not yet. */
export type Tone = Letter | '-'

/** Worst first: lists are sorted by it. */
export const TONES: readonly Tone[] = ['N', 'U', 'P', 'L', 'R', '-']

const NO_SERVICES: readonly Service[] = []
const KEPT_MILLISECONDS = 60_000

/** In the catalogue's order; empty until the first answer, and while nobody wants them. */
export function useServices(isWanted = true): readonly Service[] {
  const options = { enabled: isWanted, staleTime: KEPT_MILLISECONDS }
  return $api.useQuery('get', '/api/v1/services', {}, options).data?.items ?? NO_SERVICES
}

/** The place of a service's letter; null when none is chosen, or it is not known (yet). */
export function usePlace(service: string): number | null {
  const services = useServices(service !== '')
  const place = services.findIndex((one) => one.name === service)
  return place < 0 ? null : place
}

/** What an asset's glance says of the service at this place; null when none is chosen. */
export function toneAt(glance: Glance | undefined, place: number | null): Tone | null {
  if (place === null) return null
  const said = glance?.readiness[place]
  return TONES.find((one) => one === said) ?? '-'
}
