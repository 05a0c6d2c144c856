/** Charts of an asset's metrics over a period, and the readings as a file. */

import { Button, MultiSelect, Select } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { Asset } from '../api/assets'
import { useNow } from '../api/live'
import { EmptyState } from '../app/parts'
import { HistoryChart } from '../chart/HistoryChart'
import { type Metric, useMetrics } from '../chart/metrics'
import { useWords } from '../words'
import { fileAddress } from './files'
import { GROUPS, groupOf, isDrawable } from './metricGroups'
import classes from './screens.module.css'
import { useAddress } from './useAddress'
import { useDevices } from './useDevices'

const FIRST = ['rsrp_dbm', 'tcp_rtt_seconds', 'uplink_bits_per_second', 'battery_percent']
const HOURS = [1, 6, 24, 72, 168, 720] as const
const HOUR = 3_600_000
const ASK_MILLISECONDS = 60_000

export function TelemetryTab({ asset }: { asset: Asset }) {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const catalogue = useMetrics()
  const chosen = params.has('metric') ? params.getAll('metric').filter(Boolean) : FIRST
  const hours = HOURS.find((one) => one === Number(params.get('hours'))) ?? 6
  const until = new Date(useNow(ASK_MILLISECONDS)).toISOString()
  const since = new Date(Date.parse(until) - hours * HOUR).toISOString()
  const set = (name: string, values: readonly string[]) =>
    alter((now) => {
      now.delete(name)
      for (const value of values) now.append(name, value)
    })
  return (
    <>
      <div className={classes.controls}>
        <MetricPicker
          chosen={chosen}
          onChange={(metrics) => set('metric', metrics.length > 0 ? metrics : [''])}
        />
        <Select
          w={150}
          size="xs"
          label={t('assets.telemetry.period')}
          allowDeselect={false}
          data={HOURS.map((one) => ({
            value: String(one),
            label:
              one <= 24
                ? t('assets.telemetry.hours', { n: one })
                : t('assets.telemetry.days', { n: one / 24 }),
          }))}
          value={String(hours)}
          onChange={(one) => set('hours', one ? [one] : [])}
        />
        {(['csv', 'parquet'] as const).map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            component="a"
            download
            href={fileAddress({
              path: '/export',
              query: { format, asset: asset.id, since, until },
            })}
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {t(format === 'csv' ? 'assets.telemetry.export' : 'assets.telemetry.exportParquet')}
          </Button>
        ))}
      </div>
      {chosen.length === 0 && <EmptyState title={t('assets.telemetry.choose')} />}
      <div className={classes.charts}>
        {chosen.map((key) => (
          <Charts
            key={key}
            asset={asset.id}
            metric={catalogue.get(key)}
            since={since}
            until={until}
          />
        ))}
      </div>
    </>
  )
}

interface PickerProps {
  readonly chosen: readonly string[]
  readonly onChange: (metrics: string[]) => void
}

function MetricPicker({ chosen, onChange }: PickerProps) {
  const { t, language } = useWords()
  const catalogue = useMetrics()
  const data = useMemo(() => {
    const drawable = [...catalogue.values()].filter(isDrawable)
    return GROUPS.map((group) => ({
      group: t(`assets.page.groups.${group}`),
      items: drawable
        .filter((metric) => groupOf(metric) === group)
        .map((metric) => ({
          value: metric.key,
          label: language === 'en' ? metric.en : metric.zh,
        })),
    }))
  }, [catalogue, language, t])
  return (
    <MultiSelect
      size="xs"
      flex="1 1 320px"
      searchable
      clearable
      hidePickedOptions
      maxValues={12}
      label={t('assets.telemetry.metrics')}
      placeholder={t('assets.telemetry.pick')}
      data={data}
      value={catalogue.size > 0 ? [...chosen] : []}
      onChange={onChange}
    />
  )
}

interface ChartsProps {
  readonly asset: string
  readonly metric: Metric | undefined
  readonly since: string
  readonly until: string
}

/** One chart; a metric of devices has one for each device that reported it. */
function Charts({ asset, metric, since, until }: ChartsProps) {
  const devices = useDevices(asset)
  if (metric === undefined) return null
  const shared = { asset, metric: metric.key, since, until, height: 180 }
  if (metric.scope !== 'device') {
    return (
      <div className={classes.panel}>
        <HistoryChart {...shared} />
      </div>
    )
  }
  return devices.items
    .filter((one) => metric.key in one.metrics)
    .map((one) => (
      <div key={one.device} className={classes.panel}>
        <strong className="cf-mono">{one.device}</strong>
        <HistoryChart {...shared} device={one.device} />
      </div>
    ))
}
