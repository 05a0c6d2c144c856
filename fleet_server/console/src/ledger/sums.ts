/** Adding up the ledger, and what the sum says. */

import type { Schemas } from '../api/client'

export type LedgerDay = Schemas['LedgerDayOut']

export const CLASSES = ['stored', 'set_aside', 'dropped', 'lost', 'missing'] as const
export type Class = (typeof CLASSES)[number]

/** Where record numbers are: `head` is the sum of the classes. */
export type Sums = Readonly<Record<Class | 'head', number>>

const NOUGHT: Sums = { head: 0, stored: 0, set_aside: 0, dropped: 0, lost: 0, missing: 0 }

export function sumOf(parts: Iterable<Sums>): Sums {
  const sum = { ...NOUGHT }
  for (const part of parts) {
    sum.head += part.head
    for (const word of CLASSES) sum[word] += part[word]
  }
  return sum
}

/** How many numbers were missing in the end: the newest day of each asset's stream counts. */
export function missingAtEnd(days: Iterable<LedgerDay>): number {
  const newest = new Map<string, LedgerDay>()
  for (const day of days) {
    const key = `${day.asset} ${day.stream}`
    const known = newest.get(key)
    if (known === undefined || known.day < day.day) newest.set(key, day)
  }
  let missing = 0
  for (const day of newest.values()) missing += day.missing_at_end
  return missing
}

export type Verdict = 'closed' | 'explained' | 'open'

/** Closed: all is stored. Explained: what is not has its reason. Open: something is still missing. */
export function verdictOf(sums: Sums, missing: number): Verdict {
  if (missing > 0) return 'open'
  return sums.set_aside + sums.dropped + sums.lost > 0 ? 'explained' : 'closed'
}
