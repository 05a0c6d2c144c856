import { useWords } from '../../words'
import type { State } from '../state'
import './parts.css'

/** Never by colour alone: a shape of its own, and the word (read aloud where it is not shown). */
export function StatusDot({ state, isBare = false }: { state: State; isBare?: boolean }) {
  const { t } = useWords()
  const word = t(`state.${state}`)
  return (
    <span className="cf-status" data-state={state} title={isBare ? word : undefined}>
      <svg className="cf-status-mark" viewBox="0 0 12 12" aria-hidden="true">
        {SHAPES[state]}
      </svg>
      <span className={isBare ? 'cf-unseen' : undefined}>{word}</span>
    </span>
  )
}

const SHAPES: Readonly<Record<State, React.ReactNode>> = {
  fault: <path d="M6 .8 11.6 11H.4z" fill="currentColor" />,
  offline: <circle cx="6" cy="6" r="4.2" fill="none" stroke="currentColor" strokeWidth="2" />,
  stale: <path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor" />,
  never: (
    <circle
      cx="6"
      cy="6"
      r="4.2"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeDasharray="2.2 2.2"
    />
  ),
  online: <circle cx="6" cy="6" r="5" fill="currentColor" />,
}
