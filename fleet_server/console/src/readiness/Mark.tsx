/** A verdict as a mark: a shape and a colour, and its word, read aloud where it is not shown. */
import { useWords } from '../words'
import type { Tone } from './services'
import './readiness.css'

const SHAPES: Readonly<Record<Tone, string>> = {
  R: 'M2 6.4 4.9 9.2 10 2.8',
  L: 'M6 1.8v5.4M6 9.6v.6',
  P: 'M6 1.6a4.4 4.4 0 1 0 .01 0M6 3.6V6l1.7 1.1',
  U: 'M4 4.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4M6 9.8v.4',
  N: 'M2.8 2.8 9.2 9.2M9.2 2.8 2.8 9.2',
  '-': 'M3.4 6h5.2',
}

interface Props {
  readonly letter: Tone
  /** What stands beside the mark; without it the mark is alone, with the word as its title. */
  readonly word?: string
  /** Which service a mark alone is about. */
  readonly about?: string
}

export function Mark({ letter, word, about }: Props) {
  const { t } = useWords()
  const said = t(`readiness.letters.${letter}`)
  const title = about === undefined ? said : `${about}: ${said}`
  return (
    <span
      className="cf-verdict"
      data-letter={letter}
      title={word === undefined ? title : undefined}
    >
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <path d={SHAPES[letter]} />
      </svg>
      {word === undefined ? <span className="cf-unseen">{title}</span> : word}
    </span>
  )
}
