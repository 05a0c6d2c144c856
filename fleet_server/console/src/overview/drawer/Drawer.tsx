/** What is known of the selected asset, refreshed while it is open. */

import { ActionIcon, CloseButton, Tooltip } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { Link } from 'react-router'
import { $api } from '../../api/client'
import { useNow } from '../../api/live'
import { ErrorState, PlateTag, StatusDot } from '../../app/parts'
import { stateOf } from '../../app/state'
import { useWords } from '../../words'
import type { Row } from '../fleet'
import { KindMark } from '../KindMark'
import { BalancePart } from './BalancePart'
import { EventsPart } from './EventsPart'
import { Readings } from './Readings'
import { Reasons } from './Reasons'
import { Trends } from './Trends'
import './drawer.css'

/** Loads by itself: the overview's first view has no drawer. */
const ReadinessPart = lazy(() => import('../../readiness/ReadinessPart'))

const REFRESH_MS = 3_000

interface Props {
  id: string
  /** Undefined when the address names an asset that the list does not have. */
  row: Row | undefined
  onClose: () => void
}

export function Drawer({ id, row, onClose }: Props) {
  const { t } = useWords()
  const box = useRef<HTMLElement>(null)
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}',
    { params: { path: { asset: id } } },
    { refetchInterval: REFRESH_MS },
  )
  useEscape(onClose)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another asset begins at the top
  useEffect(() => {
    box.current?.scrollTo(0, 0)
  }, [id])
  return (
    <aside ref={box} className="cf-drawer" aria-label={t('overview.drawer.label', { id })}>
      <header className="cf-drawer-head">
        <div className="cf-drawer-name">
          {row !== undefined && <KindMark kind={row.asset.kind} />}
          <h2 className="cf-mono">{id}</h2>
          <PlateTag plate={row?.asset.plate} />
          {row !== undefined && <StatusDot state={stateOf(row.glance)} />}
          <span className="cf-drawer-tools">
            <Tooltip label={t('overview.drawer.open')}>
              <ActionIcon
                component={Link}
                to={`/assets/${id}`}
                variant="subtle"
                aria-label={t('overview.drawer.open')}
              >
                <IconExternalLink size={17} aria-hidden />
              </ActionIcon>
            </Tooltip>
            <CloseButton aria-label={t('overview.drawer.close')} onClick={onClose} />
          </span>
        </div>
        {row !== undefined && (
          <p className="cf-drawer-court">
            {[row.asset.court, row.asset.name].filter((one) => one !== '').join(' · ')}
          </p>
        )}
      </header>
      {asked.error !== null && asked.data === undefined && (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      )}
      {asked.data !== undefined && <Content asset={asked.data} row={row} />}
    </aside>
  )
}

type Asset = Row['asset']

function Content({ asset, row }: { asset: Asset; row: Row | undefined }) {
  const now = useNow(1000)
  return (
    <>
      <Reasons asset={asset} glance={row?.glance} now={now} />
      <Suspense fallback={null}>
        <ReadinessPart asset={asset.id} />
      </Suspense>
      {asset.live !== null && <Readings live={asset.live} now={now} />}
      {asset.live !== null && <Trends asset={asset.id} live={asset.live} />}
      <BalancePart asset={asset.id} />
      <EventsPart asset={asset.id} />
    </>
  )
}

function isCovered(): boolean {
  const over = document.querySelectorAll('[role="dialog"], [role="listbox"], [role="menu"]')
  return [...over].some((one) => one.checkVisibility())
}

/** Escape closes the drawer, unless a menu or a dialogue over it is meant. */
function useEscape(onClose: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (!isCovered()) onClose()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [onClose])
}
