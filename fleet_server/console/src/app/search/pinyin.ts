/** Pinyin of names. 120 kB of dictionary: loaded the first time somebody searches. */
import { pinyin } from 'pinyin-pro'
import type { Spell, Spelling } from './matching'

export function makeSpell(): Spell {
  const known = new Map<string, Spelling>()
  return (text) => {
    const before = known.get(text)
    if (before !== undefined) return before
    const options = { toneType: 'none', type: 'array', nonZh: 'consecutive', v: true } as const
    const syllables = pinyin(text, options)
    const spelling = {
      full: syllables.join('').toLowerCase(),
      initials: syllables
        .map((syllable) => syllable.charAt(0))
        .join('')
        .toLowerCase(),
    }
    known.set(text, spelling)
    return spelling
  }
}
