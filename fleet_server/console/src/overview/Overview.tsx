/** The first screen: key figures, the map, the fleet worst first, and the asset that is selected. */

import { Button, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconTruck } from '@tabler/icons-react'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { usePlace } from '../readiness/services'
import { useWords } from '../words'
import { useAddress } from './address'
import { FleetList } from './FleetList'
import { byReadiness, matches } from './filters'
import { type Fleet, useFleet } from './fleet'
import { Kpis } from './Kpis'
import './overview.css'

/** Narrower than this, list and map take turns. */
const PHONE = '(max-width: 760px)'

// The list is there at once; the map with its controls, and the drawer, come after it.
const loadMapPanel = () => import('./MapPanel')
const MapPanel = lazy(async () => ({ default: (await loadMapPanel()).MapPanel }))
const Drawer = lazy(async () => ({ default: (await import('./drawer/Drawer')).Drawer }))

// On its way while the assets are asked for.
if (!matchMedia(PHONE).matches) void loadMapPanel()

export default function Overview() {
  const { t } = useWords()
  const fleet = useFleet()
  return (
    <div className="cf-overview">
      <PageHeader title={t('overview.title')} />
      <Body fleet={fleet} />
    </div>
  )
}

function Body({ fleet }: { fleet: Fleet }) {
  const { t } = useWords()
  if (fleet.isLoading) return <Loading />
  if (fleet.error !== null && fleet.rows.length === 0) {
    return <ErrorState error={fleet.error} retry={fleet.refetch} />
  }
  if (fleet.rows.length === 0) {
    return (
      <EmptyState
        icon={<IconTruck size={32} stroke={1.4} aria-hidden />}
        title={t('overview.empty.title')}
        note={t('overview.empty.note')}
      >
        <Button component={Link} to="/assets?do=add">
          {t('overview.empty.add')}
        </Button>
      </EmptyState>
    )
  }
  return <Living fleet={fleet} />
}

type Face = 'list' | 'map'

function Living({ fleet }: { fleet: Fleet }) {
  const { t } = useWords()
  const address = useAddress()
  const isPhone = useMediaQuery(PHONE, false, { getInitialValueInEffect: false })
  const [face, setFace] = useState<Face>('list')
  const { filters, selected, select } = address
  const place = usePlace(filters.service)
  const rows = useMemo(() => {
    const found = fleet.rows.filter((row) => matches(row, filters, place))
    return byReadiness(found, place)
  }, [fleet.rows, filters, place])
  const close = useCallback(() => select(null), [select])
  return (
    <>
      <Kpis fleet={fleet} />
      {isPhone && (
        <SegmentedControl
          className="cf-faces"
          fullWidth
          data={[
            { value: 'list', label: t('overview.map.list') },
            { value: 'map', label: t('overview.map.show') },
          ]}
          value={face}
          onChange={(chosen) => setFace(chosen as Face)}
        />
      )}
      <div className="cf-fleet" data-drawer={selected !== null}>
        {(!isPhone || face === 'map') && (
          <Suspense fallback={<div className="cf-map-panel" />}>
            <MapPanel rows={rows} address={address} place={place} />
          </Suspense>
        )}
        {(!isPhone || face === 'list') && (
          <FleetList
            all={fleet.rows}
            rows={rows}
            filters={filters}
            place={place}
            selected={selected}
            onFilters={address.setFilters}
            onSelect={select}
          />
        )}
        {selected !== null && (
          <Suspense>
            <Drawer
              id={selected}
              row={fleet.rows.find((row) => row.id === selected)}
              onClose={close}
            />
          </Suspense>
        )}
      </div>
    </>
  )
}
