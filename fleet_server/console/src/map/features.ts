/** What is drawn over the base map. */

import type { State } from '../app/state'
import type { Place } from './datum'
import type { Kind } from './marks'

/** One asset with a place. */
export interface Mark {
  id: string
  kind: Kind
  state: State
  place: Place
  /** Degrees from true north while it moves, else null. */
  heading: number | null
}

/** One asset's way, oldest first, in pieces: between two of them nothing was heard. */
export interface Trail {
  asset: string
  pieces: readonly (readonly Place[])[]
}
