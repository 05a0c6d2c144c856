/** Finds things by what people type: a name, a number, a plate, or pinyin. */

/** Something to find. `words` are its names in any language. */
export interface Findable {
  readonly words: readonly string[]
}

/** How a Chinese text is spelt: `bananqu` and `bnq`. */
export interface Spelling {
  readonly full: string
  readonly initials: string
}

export type Spell = (text: string) => Spelling

const CHINESE = /[\u3400-\u9fff]/

/** 0 is an exact hit, larger is further off, null is none. */
export function distance(
  words: readonly string[],
  wanted: string,
  spell: Spell | null,
): number | null {
  let best: number | null = null
  for (const word of words) {
    const found = distanceOf(word.toLowerCase(), wanted, spell)
    if (found !== null && (best === null || found < best)) best = found
  }
  return best
}

function distanceOf(word: string, wanted: string, spell: Spell | null): number | null {
  if (word === wanted) return 0
  if (word.startsWith(wanted)) return 1
  if (word.includes(wanted)) return 2
  if (spell === null || CHINESE.test(wanted) || !CHINESE.test(word)) return null
  const { full, initials } = spell(word)
  if (initials.startsWith(wanted)) return 3
  if (full.startsWith(wanted)) return 4
  if (initials.includes(wanted)) return 5
  return wanted.length > 1 && full.includes(wanted) ? 6 : null
}

/** The nearest `most` of `things`, in order; nothing for an empty text. */
export function nearest<T extends Findable>(
  things: readonly T[],
  text: string,
  spell: Spell | null,
  most: number,
): T[] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return []
  const found: { thing: T; off: number }[] = []
  for (const thing of things) {
    const off = distance(thing.words, wanted, spell)
    if (off !== null) found.push({ thing, off })
  }
  found.sort((one, other) => one.off - other.off)
  return found.slice(0, most).map(({ thing }) => thing)
}
