/** Charts from the store, of what this asset measures. */

import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { Schemas } from '../../api/client'
import { useNow } from '../../api/live'
import { HistoryChart } from '../../chart/HistoryChart'
import { useWords } from '../../words'
import { Part } from './Readings'

/** What is worth a chart, most telling first, and the line beyond which somebody should look. */
const CHARTS: readonly { metric: string; threshold?: number }[] = [
  { metric: 'rsrp_dbm', threshold: -105 },
  { metric: 'tcp_rtt_seconds', threshold: 0.2 },
  { metric: 'uplink_bits_per_second' },
  { metric: 'snr_db', threshold: 3 },
  { metric: 'battery_percent', threshold: 20 },
  { metric: 'cpu_used_percent', threshold: 90 },
  { metric: 'cpu_celsius', threshold: 85 },
]
const MOST_CHARTS = 4

const HOURS = { h1: 1, h6: 6, h24: 24 } as const
type Range = keyof typeof HOURS
const RANGES = Object.keys(HOURS) as Range[]

const MINUTE_MS = 60_000

interface Props {
  asset: string
  live: Schemas['Live']
}

export function Trends({ asset, live }: Props) {
  const { t } = useWords()
  const [range, setRange] = useState<Range>('h1')
  // Whole minutes: the question stays the same, and its answer is kept, until the next one.
  const until = Math.ceil(useNow(15_000) / MINUTE_MS) * MINUTE_MS
  const charts = CHARTS.filter(({ metric }) => live.metrics[metric] !== undefined)
  if (charts.length === 0) return null
  return (
    <Part title={t('overview.chart.title')} note={t('overview.chart.threshold')}>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={t('overview.chart.range')}
        data={RANGES.map((value) => ({ value, label: t(`overview.chart.${value}`) }))}
        value={range}
        onChange={(chosen) => setRange(chosen as Range)}
      />
      <div className="cf-trends">
        {charts.slice(0, MOST_CHARTS).map(({ metric, threshold }) => (
          <HistoryChart
            key={metric}
            asset={asset}
            metric={metric}
            since={new Date(until - HOURS[range] * 60 * MINUTE_MS).toISOString()}
            until={new Date(until).toISOString()}
            {...(threshold === undefined ? {} : { threshold })}
            height={104}
          />
        ))}
      </div>
    </Part>
  )
}
