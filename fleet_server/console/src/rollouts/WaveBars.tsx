/** A rollout's progress: a bar a wave, as long as the wave is large, in the colours of states. */
import { useWords } from '../words'
import { STATES, type Wave } from './rollouts'

const SETTLED = ['succeeded', 'failed', 'skipped', 'missed'] as const

export function WaveBars({ waves }: { waves: readonly Wave[] }) {
  const { t } = useWords()
  return (
    <span className="cf-wave-bars">
      {waves.map((wave) => {
        const done = SETTLED.reduce((sum, state) => sum + (wave.counts[state] ?? 0), 0)
        const text = t('rollouts.waveSays', {
          n: wave.number,
          done,
          size: wave.size,
          verdict: wave.sentence,
        })
        return (
          <span key={wave.number} className="cf-wave-bar" title={text}>
            <Bar wave={wave} />
            <span className="cf-wave-number" aria-hidden>
              {done}/{wave.size}
            </span>
            <span className="cf-unseen">{text}</span>
          </span>
        )
      })}
    </span>
  )
}

export function Bar({ wave }: { wave: Wave }) {
  return (
    <span className="cf-wave-track" aria-hidden>
      {STATES.toReversed().map((state) => {
        const count = wave.counts[state] ?? 0
        return count > 0 && <span key={state} data-state={state} style={{ flexGrow: count }} />
      })}
    </span>
  )
}
