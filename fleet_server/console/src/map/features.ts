/** What is drawn over the base map. */

import type { Place } from './datum'
import type { Kind } from './marks'
import type { Tone } from './tones'

/** One asset with a place. */
export interface Mark {
  id: string
  kind: Kind
  tone: Tone
  place: Place
  /** Degrees from true north while it moves, else null. */
  heading: number | null
}

/** One asset's way, oldest first, in pieces: between two of them nothing was heard. */
export interface Trail {
  asset: string
  pieces: readonly (readonly Place[])[]
}
