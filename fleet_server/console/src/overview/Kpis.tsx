/** The strip over the map: how the fleet is, in seven figures. */

import { type ReactNode, useEffect, useMemo } from 'react'
import { $api, type Schemas } from '../api/client'
import { number } from '../app/format'
import { useWords } from '../words'
import { type Figures, figuresOf } from './figures'
import type { Fleet } from './fleet'

const SECOND = 1000
/** The balance of a large fleet is a long answer: it is asked for less often. */
const LARGE_FLEET = 500
/** How soon an asset that came online since the list was read has its version asked for. */
const VERSIONS_AGAIN = 30 * SECOND

export function Kpis({ fleet }: { fleet: Fleet }) {
  const { t } = useWords()
  const figures = useMemo(() => figuresOf(fleet.rows), [fleet.rows])
  useNewVersions(fleet)
  const { states, assets } = figures
  return (
    <section className="cf-kpis" aria-label={t('overview.kpi.label')}>
      <Kpi
        name="assets"
        label={t('overview.kpi.assets')}
        value={number(assets)}
        note={t('overview.kpi.courts', { count: figures.courts })}
      />
      <Kpi
        name="online"
        label={t('overview.kpi.online')}
        value={assets === 0 ? '–' : number((100 * states.online) / assets)}
        unit="%"
        tone="ready"
        note={t('overview.kpi.onlineOf', { n: states.online, all: assets })}
      />
      <Kpi
        name="offline"
        label={t('overview.kpi.offline')}
        value={number(states.offline)}
        note={t('overview.kpi.offlineNote', { stale: states.stale, never: states.never })}
      />
      <Kpi
        name="fault"
        label={t('overview.kpi.fault')}
        value={number(states.fault)}
        tone={states.fault > 0 ? 'fault' : undefined}
        note={t('overview.kpi.faultNote', { clock: figures.clockFaults, forked: figures.forked })}
      />
      <Rtt rtt={figures.rtt} />
      <Reports isLarge={assets > LARGE_FLEET} />
      <Version version={figures.version} />
    </section>
  )
}

interface KpiProps {
  name: string
  label: string
  value: string
  unit?: string
  note?: ReactNode
  tone?: 'ready' | 'fault' | undefined
}

function Kpi({ name, label, value, unit, note, tone }: KpiProps) {
  return (
    <div className="cf-kpi" data-kpi={name}>
      <div className="cf-kpi-label">{label}</div>
      <div className="cf-kpi-line">
        <span className="cf-kpi-value" data-tone={tone}>
          {value}
        </span>
        {unit !== undefined && <span className="cf-kpi-unit">{unit}</span>}
        {note !== undefined && <span className="cf-kpi-note">{note}</span>}
      </div>
    </div>
  )
}

function Rtt({ rtt }: { rtt: Figures['rtt'] }) {
  const { t } = useWords()
  return (
    <Kpi
      name="rtt"
      label={t('overview.kpi.rtt')}
      value={rtt === null ? '–' : number(rtt.median * 1000, '', 0)}
      unit="ms"
      note={
        rtt === null
          ? undefined
          : t('overview.kpi.rttNote', { p95: number(rtt.p95 * 1000, '', 0), n: rtt.count })
      }
    />
  )
}

function Reports({ isLarge }: { isLarge: boolean }) {
  const { t } = useWords()
  const status = $api.useQuery('get', '/api/v1/status', {}, { refetchInterval: 5 * SECOND })
  const balance = $api.useQuery(
    'get',
    '/api/v1/balance',
    {},
    { refetchInterval: (isLarge ? 60 : 15) * SECOND, select: sumOf },
  )
  return (
    <Kpi
      name="reports"
      label={t('overview.kpi.reports')}
      value={number(status.data?.reports_per_minute, '', 0)}
      unit={t('overview.kpi.perMinute')}
      note={balance.data === undefined ? undefined : <BalanceNote sum={balance.data} />}
    />
  )
}

interface BalanceSum {
  readonly missing: number
  readonly lost: number
}

function sumOf({ items }: Schemas['Balances']): BalanceSum {
  return items.reduce(
    (sum, one) => ({ missing: sum.missing + one.missing, lost: sum.lost + one.lost }),
    { missing: 0, lost: 0 },
  )
}

/** Lost weighs more than missing, which mostly means "on its way". */
function BalanceNote({ sum }: { sum: BalanceSum }) {
  const { t } = useWords()
  if (sum.lost > 0) return <>{t('overview.kpi.balanceLost', { n: number(sum.lost) })}</>
  if (sum.missing > 0) return <>{t('overview.kpi.balanceMissing', { n: number(sum.missing) })}</>
  return <>{t('overview.kpi.balanceClosed')}</>
}

function Version({ version }: { version: Figures['version'] }) {
  const { t } = useWords()
  return (
    <Kpi
      name="version"
      label={t('overview.kpi.version')}
      value={version === null ? '–' : number(version.share * 100, '', 0)}
      unit="%"
      note={
        version === null
          ? undefined
          : t('overview.kpi.versionNote', { version: version.name, n: version.kinds })
      }
    />
  )
}

/** Versions are not in the stream: ask again when assets are online that had none yet. */
function useNewVersions({ rows, refetch }: Fleet): void {
  const isBehind = rows.some((row) => row.state === 'online' && !row.asset.live?.agent_version)
  useEffect(() => {
    if (!isBehind) return
    const timer = setTimeout(refetch, VERSIONS_AGAIN)
    return () => clearTimeout(timer)
  }, [isBehind, refetch])
}
