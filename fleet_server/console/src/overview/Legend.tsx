/** What the shapes and colours mean, and how many of each the map shows. */

import { StatusDot } from '../app/parts'
import { STATES } from '../app/state'
import { type CoverageMetric, rampStops } from '../map/palette'
import { Mark } from '../readiness/Mark'
import { TONES, type Tone, toneAt } from '../readiness/services'
import { useWords } from '../words'
import type { Choice } from './address'
import { COVERAGE_DAYS } from './coverage'
import { KINDS } from './filters'
import type { Row } from './fleet'
import { KindMark } from './KindMark'
import { MapCard } from './MapCard'

interface Props {
  rows: readonly Row[]
  choice: Choice
  /** Of the chosen service's letter; null: the marks show states. */
  place: number | null
  isCoverageEmpty: boolean
  /** How many of the rows have a place on the map. */
  placed: number
  hasRoom: boolean
}

const METRIC_WORDS = { rsrp_dbm: 'rsrp', snr_db: 'snr', tcp_rtt_seconds: 'rtt' } as const

export function Legend({ rows, choice, place, isCoverageEmpty, placed, hasRoom }: Props) {
  const { t } = useWords()
  const unplaced = rows.length - placed
  return (
    <MapCard title={t('overview.map.legend')} className="cf-legend" hasRoom={hasRoom}>
      {place === null ? <States rows={rows} /> : <Verdicts rows={rows} place={place} />}
      <ul className="cf-legend-kinds">
        {KINDS.map((kind) => (
          <li key={kind}>
            <KindMark kind={kind} />
            {t(`kind.${kind}`)}
          </li>
        ))}
      </ul>
      {choice.shown.coverage && (
        <div className="cf-ramp">
          <div>{t(`overview.map.${METRIC_WORDS[choice.metric]}`)}</div>
          <Ramp choice={choice} />
          <p className="cf-hint">
            {isCoverageEmpty
              ? t('overview.map.coverageNone', { days: COVERAGE_DAYS })
              : t('overview.map.opacity')}
          </p>
        </div>
      )}
      {unplaced > 0 && <p className="cf-hint">{t('overview.map.noPlace', { count: unplaced })}</p>}
    </MapCard>
  )
}

function States({ rows }: { rows: readonly Row[] }) {
  const counts = { fault: 0, offline: 0, stale: 0, never: 0, online: 0 }
  for (const row of rows) counts[row.state] += 1
  return (
    <ul>
      {STATES.map((state) => (
        <li key={state} data-none={counts[state] === 0}>
          <StatusDot state={state} />
          <span className="cf-mono">{counts[state]}</span>
        </li>
      ))}
    </ul>
  )
}

function Verdicts({ rows, place }: { rows: readonly Row[]; place: number }) {
  const { t } = useWords()
  const tones = rows.map((row) => toneAt(row.glance, place))
  const count = (tone: Tone) => tones.filter((one) => one === tone).length
  return (
    <ul>
      {TONES.map((tone) => (
        <li key={tone} data-verdict={tone} data-none={count(tone) === 0}>
          <Mark letter={tone} word={t(`readiness.letters.${tone}`)} />
          <span className="cf-mono">{count(tone)}</span>
        </li>
      ))}
    </ul>
  )
}

function Ramp({ choice }: { choice: Choice }) {
  const stops = rampStops(choice.metric, choice.ramp)
  const colours = stops.map((stop) => stop.colour).join(', ')
  return (
    <>
      <div className="cf-ramp-bar" style={{ background: `linear-gradient(90deg, ${colours})` }} />
      <div className="cf-ramp-scale cf-mono">
        {stops.map((stop, at) =>
          at % 2 === 0 ? <span key={stop.at}>{written(stop.at, choice.metric)}</span> : null,
        )}
      </div>
    </>
  )
}

function written(value: number, metric: CoverageMetric): string {
  return metric === 'tcp_rtt_seconds' ? String(Math.round(value * 1000)) : String(value)
}
