/** How far an order has come: a word, a mark that is round while it goes on, and a tone. */
import type { Schemas } from '../api/client'
import './orders.css'

export type Order = Schemas['OrderOut']

const TONES = {
  queued: 'waits',
  sent: 'waits',
  accepted: 'works',
  deferred: 'doubt',
  downloading: 'works',
  running: 'works',
  verifying: 'works',
  succeeded: 'well',
  failed: 'ill',
  rolled_back: 'doubt',
  cancelled: 'waits',
  expired: 'doubt',
  refused: 'ill',
} as const satisfies Record<Order['state'], string>
const FINAL: ReadonlySet<string> = new Set([
  'succeeded',
  'failed',
  'rolled_back',
  'cancelled',
  'expired',
  'refused',
])

interface Props {
  readonly state: Order['state']
  readonly sentence: string
}

export function StateMark({ state, sentence }: Props) {
  return (
    <span
      className="cf-order-state"
      data-state={state}
      data-tone={TONES[state]}
      data-final={FINAL.has(state) || undefined}
    >
      {sentence}
    </span>
  )
}
