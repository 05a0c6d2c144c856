/** One asset: what it is, what it says, what it owes, and what was done with it. */

import { Anchor, Badge, Group, Tabs } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { Link, useParams, useSearchParams } from 'react-router'
import type { Asset } from '../api/assets'
import { $api } from '../api/client'
import { useGlances } from '../api/live'
import { ErrorState, Loading, PageHeader, PlateTag } from '../app/parts'
import { ConfigurationTab } from '../configuration/ConfigurationTab'
import { OrdersTab } from '../orders/OrdersTab'
import { ReadinessTab } from '../readiness/ReadinessTab'
import { useWords } from '../words'
import { ActionsMenu } from './ActionsMenu'
import { BalanceTab } from './BalanceTab'
import { StateCell } from './columns'
import { DevicesTab } from './DevicesTab'
import { EnrolmentPanel } from './Enrolment'
import { EventsTab } from './EventsTab'
import { JournalTab } from './JournalTab'
import { OverviewTab } from './OverviewTab'
import { rowOf } from './rows'
import classes from './screens.module.css'
import { TelemetryTab } from './TelemetryTab'

const TABS = [
  'overview',
  'readiness',
  'telemetry',
  'devices',
  'orders',
  'configuration',
  'ledger',
  'events',
  'journal',
  'enrolment',
] as const
type Tab = (typeof TABS)[number]

const ASK_MILLISECONDS = 5000

export default function AssetPage() {
  const { id = '' } = useParams()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}',
    { params: { path: { asset: id } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.data === undefined) {
    if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
    return <Loading />
  }
  return <Page key={id} asset={asked.data} />
}

function Page({ asset }: { asset: Asset }) {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const tab = TABS.find((word) => word === params.get('tab')) ?? 'overview'
  const open = (word: string | null) =>
    setParams(word && word !== 'overview' ? { tab: word } : {}, { replace: true })
  return (
    <div className={classes.screen}>
      <PageHeader title={asset.id} note={<Who asset={asset} />}>
        <Anchor component={Link} to="/assets" size="sm" className={classes.back}>
          <IconChevronLeft size={14} aria-hidden />
          {t('assets.back')}
        </Anchor>
        <ActionsMenu asset={asset} onInvited={() => open('enrolment')} />
      </PageHeader>
      <Tabs value={tab} onChange={open} keepMounted={false} className={classes.tabs}>
        <Tabs.List className={classes.tabList}>
          {TABS.map((word) => (
            <Tabs.Tab key={word} value={word}>
              {t(`assets.page.tabs.${word}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={tab} tabIndex={-1}>
          <Panel tab={tab} asset={asset} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

function Who({ asset }: { asset: Asset }) {
  const { t } = useWords()
  const row = rowOf(asset, useGlances().get(asset.id))
  return (
    <Group gap="xs">
      <span>{t(`kind.${asset.kind}`)}</span>
      <PlateTag plate={asset.plate} />
      <span>{asset.name}</span>
      {asset.retired_at ? (
        <Badge color="gray" variant="outline">
          {t('assets.retired.badge')}
        </Badge>
      ) : (
        <StateCell row={row} />
      )}
    </Group>
  )
}

function Panel({ tab, asset }: { tab: Tab; asset: Asset }) {
  switch (tab) {
    case 'readiness':
      return <ReadinessTab asset={asset.id} />
    case 'telemetry':
      return <TelemetryTab asset={asset} />
    case 'devices':
      return <DevicesTab asset={asset.id} />
    case 'orders':
      return <OrdersTab asset={asset} />
    case 'configuration':
      return <ConfigurationTab asset={asset} />
    case 'ledger':
      return <BalanceTab asset={asset.id} />
    case 'events':
      return <EventsTab asset={asset.id} />
    case 'journal':
      return <JournalTab asset={asset.id} />
    case 'enrolment':
      return <EnrolmentPanel asset={asset.id} />
    default:
      return <OverviewTab asset={asset} />
  }
}
