/** Which layers the map shows, and on what. */

import { ActionIcon, SegmentedControl, Select, Switch, Tooltip } from '@mantine/core'
import { IconFocusCentered } from '@tabler/icons-react'
import { COVERAGE_METRICS, type CoverageMetric, type Ramp } from '../map/palette'
import type { TileSource } from '../map/sources'
import type { Shown } from '../map/style'
import { ServiceSelect } from '../readiness/ServiceSelect'
import { useWords } from '../words'
import type { Address } from './address'
import { MapCard } from './MapCard'

interface Props {
  address: Address
  sources: readonly TileSource[]
  source: TileSource
  hasMap: boolean
  hasRoom: boolean
  onWhole: () => void
}

const LAYERS: readonly (keyof Shown)[] = ['coverage', 'assets', 'trails', 'places']
const METRIC_NAMES: Record<CoverageMetric, string> = {
  rsrp_dbm: 'RSRP',
  snr_db: 'SINR',
  tcp_rtt_seconds: 'RTT',
}

export function LayersPanel(props: Props) {
  const { t } = useWords()
  if (!props.hasMap) return null
  return (
    <MapCard
      title={t('overview.map.layers')}
      className="cf-layers"
      hasRoom={props.hasRoom}
      tools={
        <Tooltip label={t('overview.map.whole')}>
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label={t('overview.map.whole')}
            onClick={props.onWhole}
          >
            <IconFocusCentered size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      }
    >
      <Choices {...props} />
    </MapCard>
  )
}

function Choices({ address, sources, source }: Props) {
  const { t, language } = useWords()
  const { choice, setChoice, filters, setFilters } = address
  return (
    <>
      <ServiceSelect
        service={filters.service}
        onService={(service) => setFilters({ ...filters, service, verdicts: [] })}
      />
      {LAYERS.map((layer) => (
        <Switch
          key={layer}
          size="xs"
          label={t(`overview.map.${layer}`)}
          checked={choice.shown[layer]}
          onChange={(event) =>
            setChoice({
              ...choice,
              shown: { ...choice.shown, [layer]: event.currentTarget.checked },
            })
          }
        />
      ))}
      {choice.shown.coverage && (
        <>
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={t('overview.map.metric')}
            data={COVERAGE_METRICS.map((value) => ({ value, label: METRIC_NAMES[value] }))}
            value={choice.metric}
            onChange={(metric) => setChoice({ ...choice, metric: metric as CoverageMetric })}
          />
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={t('overview.map.ramp')}
            data={(['traffic', 'viridis'] as const).map((value) => ({
              value,
              label: t(`overview.map.${value}`),
            }))}
            value={choice.ramp}
            onChange={(ramp) => setChoice({ ...choice, ramp: ramp as Ramp })}
          />
        </>
      )}
      {sources.length > 1 && (
        <Select
          size="xs"
          label={t('overview.map.base')}
          data={sources.map((one) => ({
            value: one.id,
            label: language === 'en' ? one.name_en : one.name_zh,
          }))}
          value={source.id}
          onChange={(base) => setChoice({ ...choice, base: base ?? '' })}
          allowDeselect={false}
        />
      )}
      {source.datum === 'gcj02' && <p className="cf-hint">{t('overview.map.gcj02')}</p>}
    </>
  )
}
