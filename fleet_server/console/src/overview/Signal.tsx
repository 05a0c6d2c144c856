/** Signal power of the serving cell: four bars and the number. */

import { useWords } from '../words'

/** From how many dBm each bar is full; the same steps as the map's ramp. */
const STEPS = [-116, -105, -95, -85]
const TONES = ['fault', 'fault', 'limited', 'ready', 'ready']

export function Signal({ dbm }: { dbm: number | null | undefined }) {
  const { t } = useWords()
  if (dbm === null || dbm === undefined) {
    return (
      <span className="cf-signal" title={t('overview.list.noSignal')}>
        <Bars filled={0} />
        <span className="cf-mono">–</span>
      </span>
    )
  }
  return (
    <span className="cf-signal">
      <Bars filled={STEPS.filter((step) => dbm >= step).length} />
      <span className="cf-mono">{Math.round(dbm)}</span>
      <span className="cf-unit">dBm</span>
    </span>
  )
}

function Bars({ filled }: { filled: number }) {
  return (
    <svg className="cf-bars" viewBox="0 0 16 12" aria-hidden="true" data-tone={TONES[filled]}>
      {STEPS.map((step, at) => (
        <rect
          key={step}
          x={at * 4}
          y={9 - at * 3}
          width="3"
          height={3 + at * 3}
          rx="0.8"
          data-filled={at < filled}
        />
      ))}
    </svg>
  )
}
