/**
 * One metric of one asset over time, from the store.
 *
 *     <HistoryChart asset="veh-001" metric="rsrp_dbm" since={iso} until={iso} threshold={-105} />
 *
 * Draws the mean of each bucket over a band from the lowest to the highest reading. A bucket without
 * a reading is a gap, never a line across. `since` and `until` are ISO instants, `threshold` is in
 * the metric's own unit, `device` is one of the asset's devices for a metric that devices have.
 * The caption says the metric's name, its unit and the last value with its time, or the bucket under
 * the pointer. Charts with the same `group` share the pointer.
 */

import { useComputedColorScheme } from '@mantine/core'
import { lazy, Suspense, useMemo, useState } from 'react'
import { $api, said } from '../api/client'
import { clock, number } from '../app/format'
import { useWords } from '../words'
import {
  bucketsFor,
  type Columns,
  isDrawable,
  type Scale,
  type Summary,
  scaleOf,
  summarise,
  toColumns,
} from './history'
import { useMetric } from './metrics'

const Plot = lazy(() => import('./Plot'))

export interface HistoryChartProps {
  asset: string
  metric: string
  device?: string
  since: string
  until: string
  threshold?: number
  height?: number
  group?: string
}

export function HistoryChart(props: HistoryChartProps) {
  const { asset, metric, device = '', since, until, threshold, height = 120 } = props
  const { t, language } = useWords()
  const theme = useComputedColorScheme('dark')
  const known = useMetric(metric)
  const [hovered, setHovered] = useState<number | null>(null)
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/history',
    {
      params: {
        path: { asset },
        query: {
          metric,
          device,
          since,
          until,
          buckets: bucketsFor(Date.parse(since), Date.parse(until)),
        },
      },
    },
    { placeholderData: (before) => before, staleTime: 30_000 },
  )
  const kind = known?.kind ?? 'number'
  const scale = scaleOf(asked.data?.unit ?? known?.unit ?? '')
  const columns = useMemo(
    () => (asked.data ? toColumns(asked.data, kind, scaleOf(asked.data.unit)) : null),
    [asked.data, kind],
  )
  const summary = columns === null ? null : summarise(columns, scale)
  const name = (language === 'en' ? known?.en : known?.zh) ?? metric
  const drawn = asked.data !== undefined && summary !== null && isDrawable(kind)
  return (
    <figure className="cf-chart" data-metric={metric} data-gaps={summary?.gaps ?? ''}>
      <figcaption>
        <strong>{name}</strong>
        <span className="cf-quiet">{scale.unit}</span>
        <span className="cf-mono">{caption(columns, summary, scale, hovered)}</span>
      </figcaption>
      {drawn && columns !== null ? (
        <div role="img" aria-label={t('overview.chart.summary', { name, ...summary })}>
          <Suspense fallback={<div style={{ height }} />}>
            <Plot
              columns={columns}
              scale={scale}
              threshold={threshold === undefined ? undefined : threshold * scale.factor}
              height={height}
              since={Date.parse(asked.data.since) / 1000}
              until={Date.parse(asked.data.until) / 1000}
              group={props.group ?? asset}
              theme={theme}
              onHover={setHovered}
            />
          </Suspense>
        </div>
      ) : (
        <div className="cf-none" style={{ height }}>
          {asked.error
            ? said(asked.error)
            : asked.isPending
              ? t('app.loading')
              : t('overview.chart.none')}
        </div>
      )}
    </figure>
  )
}

/** The bucket under the pointer with its lowest and highest, else the last value with its time. */
function caption(
  columns: Columns | null,
  summary: Summary | null,
  scale: Scale,
  hovered: number | null,
): string {
  if (columns === null || summary === null) return ''
  if (hovered === null) return `${summary.last} · ${clock(summary.lastAt * 1000).slice(0, 5)}`
  const say = (value: number | null | undefined) => number(value ?? null, '', scale.digits)
  const at = clock((columns.at[hovered] ?? 0) * 1000).slice(0, 5)
  if (columns.value[hovered] == null) return `${at} · –`
  const band = `${say(columns.lowest[hovered])} … ${say(columns.highest[hovered])}`
  return `${at} · ${number(columns.value[hovered] ?? null, scale.unit, scale.digits)} (${band})`
}
