/** What an asset is and how it is now, every value with its unit and its age. */

import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import type { Asset } from '../api/assets'
import { $api } from '../api/client'
import { useGlances, useNow } from '../api/live'
import { date, instant, NOTHING, number, position } from '../app/format'
import { EmptyState, PlateTag } from '../app/parts'
import { useMetrics } from '../chart/metrics'
import { useWords } from '../words'
import { ageSince, StateCell, Tags } from './columns'
import { GROUPS, type Group, groupOf } from './metricGroups'
import { Fact, Facts } from './parts'
import { rowOf } from './rows'
import classes from './screens.module.css'
import { shownValue, type Value } from './values'

const TICK_MILLISECONDS = 1000

export function OverviewTab({ asset }: { asset: Asset }) {
  const now = useNow(TICK_MILLISECONDS)
  return (
    <div className={classes.grid}>
      <Identity asset={asset} />
      <State asset={asset} now={now} />
      <Place asset={asset} />
      <Values asset={asset} now={now} />
    </div>
  )
}

function Identity({ asset }: { asset: Asset }) {
  const { t } = useWords()
  return (
    <Facts title={t('assets.page.identity')}>
      <Fact label={t('assets.columns.id')}>
        <span className="cf-mono">{asset.id}</span>
      </Fact>
      <Fact label={t('assets.columns.kind')}>{t(`kind.${asset.kind}`)}</Fact>
      <Fact label={t('assets.columns.name')}>{asset.name}</Fact>
      <Fact label={t('assets.columns.plate')}>
        {asset.plate ? <PlateTag plate={asset.plate} /> : NOTHING}
      </Fact>
      <Fact label={t('assets.columns.court')}>
        <Anchor component={Link} to={`/courts?q=${encodeURIComponent(asset.court)}`} inherit>
          {asset.court}
        </Anchor>
      </Fact>
      <Fact label={t('assets.columns.tags')}>
        <Tags tags={asset.tags} />
      </Fact>
      <Fact label={t('assets.form.note')}>{asset.note || NOTHING}</Fact>
      <Fact label={t('assets.page.added')}>{date(asset.made_at)}</Fact>
      {asset.retired_at && (
        <Fact label={t('assets.retired.badge')}>{instant(asset.retired_at)}</Fact>
      )}
    </Facts>
  )
}

function State({ asset, now }: { asset: Asset; now: number }) {
  const { t } = useWords()
  const { live } = asset
  const row = rowOf(asset, useGlances().get(asset.id))
  const held = Object.entries(live?.held ?? {}).map(([name, version]) => `${name} ${version}`)
  return (
    <Facts title={t('assets.page.state')}>
      <Fact label={t('assets.columns.state')}>
        <StateCell row={row} />
      </Fact>
      <Fact label={t('assets.page.seen')}>{ageSince(now, row.glance?.seenAt)}</Fact>
      <Fact label={t('assets.page.inSitting')}>
        {t(live?.in_sitting ? 'assets.yes' : 'assets.no')}
      </Fact>
      <Fact label={t('assets.page.linkClass')}>
        {live?.link_class.startsWith('none') ? t('assets.none') : live?.link_class || NOTHING}
      </Fact>
      <Fact label={t('assets.page.rhythm')}>
        {live?.every_seconds ? t('assets.page.seconds', { n: live.every_seconds }) : NOTHING}
      </Fact>
      <Fact label={t('assets.page.rate')}>{number(live?.reports_per_minute)}</Fact>
      <Fact label={t('assets.page.version')}>{live?.agent_version || NOTHING}</Fact>
      <Fact label={t('assets.page.held')}>{held.join(', ') || NOTHING}</Fact>
    </Facts>
  )
}

function Place({ asset }: { asset: Asset }) {
  const { t } = useWords()
  const glance = useGlances().get(asset.id)
  const { home } = asset
  return (
    <Facts title={t('assets.page.place')}>
      <Fact label={t('assets.page.position')}>
        <span className="cf-mono">
          {position(glance?.longitude ?? null, glance?.latitude ?? null)}
        </span>
      </Fact>
      <Fact label={t('assets.page.home')}>
        <span className="cf-mono">
          {home ? position(home.longitude_degrees, home.latitude_degrees) : t('assets.unset')}
        </span>
      </Fact>
      {!asset.retired_at && (
        <Fact label={t('assets.page.map')}>
          <Anchor component={Link} to={`/?asset=${asset.id}`} inherit>
            {t('assets.page.onMap')}
          </Anchor>
        </Fact>
      )}
    </Facts>
  )
}

/** Those of the last live report; for an asset that is silent now, those of its last one ever. */
function Values({ asset, now }: { asset: Asset; now: number }) {
  const { t, language } = useWords()
  const catalogue = useMetrics()
  const { live } = asset
  const isLive = live !== null && Object.keys(live.metrics).length > 0
  const last = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/latest',
    { params: { path: { asset: asset.id } } },
    { enabled: !isLive && live?.seen_at != null },
  )
  const values: Readonly<Record<string, Value>> = isLive ? live.metrics : (last.data?.metrics ?? {})
  const measuredAt = isLive ? live.measured_at : last.data?.measured_at
  if (Object.keys(values).length === 0) return <EmptyState title={t('assets.page.noValues')} />
  const age = measuredAt ? ageSince(now, Date.parse(measuredAt)) : NOTHING
  return GROUPS.map((group: Group) => {
    const known = [...catalogue.values()].filter(
      (metric) => groupOf(metric) === group && values[metric.key] !== undefined,
    )
    if (known.length === 0) return null
    return (
      <Facts
        key={group}
        title={t(`assets.page.groups.${group}`)}
        note={t('assets.page.measured', { age })}
      >
        {known.map((metric) => (
          <Fact key={metric.key} label={language === 'en' ? metric.en : metric.zh}>
            <span data-metric={metric.key}>{shownValue(metric, values[metric.key])}</span>
          </Fact>
        ))}
      </Facts>
    )
  })
}
