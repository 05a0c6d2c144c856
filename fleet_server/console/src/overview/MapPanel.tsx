/** The map's part of the screen: map or schematic, layers, legend, and the picker. */

import { Loader, useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useBase, useSources } from '../map/base'
import type { Mark } from '../map/features'
import type { LivingMap, Picked, View } from '../map/livingMap'
import { SchematicMap } from '../map/SchematicMap'
import { OFFLINE } from '../map/sources'
import type { Looks } from '../map/style'
import { canDraw } from '../map/webgl'
import { toneAt } from '../readiness/services'
import { useWords } from '../words'
import type { Address } from './address'
import { type Box, useCoverage } from './coverage'
import { placeOf, type Row } from './fleet'
import { LayersPanel } from './LayersPanel'
import { Legend } from './Legend'
import { Picker } from './Picker'
import { useTrails } from './trails'

const loadMapView = () => import('../map/MapView')
const MapView = lazy(loadMapView)
// On its way while the ground is asked for.
void loadMapView()

/** Narrower than this, the drawer leaves the map no room for cards that hide assets. */
const WIDE = '(min-width: 1600px)'
/** What is selected is looked at from at least this near. */
const SELECTED_ZOOM = 9
/** Slower than this an asset stands, and has no heading. */
const MOVING_MPS = 1.5
const WHOLE_CITY_ZOOM = 6.6

interface Props {
  rows: readonly Row[]
  address: Address
  /** Of the chosen service's letter; null: the marks show states. */
  place: number | null
}

export function MapPanel({ rows, address, place }: Props) {
  const { t } = useWords()
  const { choice, selected, select, setView } = address
  const sources = useSources()
  const source = sources.find((one) => one.id === choice.base) ?? sources[0] ?? OFFLINE
  const looks = useLooks(source, address)
  const marks = useMemo(() => marksOf(rows, place), [rows, place])
  const trails = useTrails(choice.shown.trails)
  const [seen, setSeen] = useState<{ zoom: number; box: Box | null }>({
    zoom: address.view?.zoom ?? WHOLE_CITY_ZOOM,
    box: null,
  })
  const coverage = useCoverage(choice.metric, seen.zoom, seen.box, choice.shown.coverage)
  const isWide = useMediaQuery(WIDE, true, { getInitialValueInEffect: false })
  const hasRoom = isWide || selected === null
  const [hasWebgl, setHasWebgl] = useState(canDraw)
  const [picked, setPicked] = useState<Picked | null>(null)
  const map = useRef<LivingMap | null>(null)
  useFollow(map, marks, selected)

  const onView = useCallback(
    (view: View) => {
      setView(view)
      setPicked(null)
      setSeen({ zoom: view.zoom, box: map.current?.bounds() ?? null })
    },
    [setView],
  )
  const onPick = (found: Picked) => {
    const only = found.ids.length === 1 ? found.ids[0] : undefined
    if (only !== undefined) select(only)
    setPicked(found.ids.length > 1 ? found : null)
  }

  return (
    <section className="cf-map-panel" aria-label={t('overview.map.assets')}>
      {hasWebgl && looks !== null && (
        <Suspense>
          <MapView
            looks={looks}
            view={address.view}
            marks={marks}
            trails={trails}
            coverage={coverage.hexagons}
            selected={selected}
            label={t('overview.map.label')}
            onMap={(made) => {
              map.current = made
            }}
            onPick={onPick}
            onView={onView}
            onReady={() => setSeen((before) => ({ ...before, box: map.current?.bounds() ?? null }))}
            onBroken={() => setHasWebgl(false)}
          />
        </Suspense>
      )}
      {hasWebgl && seen.box === null && <Loader size="sm" className="cf-map-loading" />}
      {!hasWebgl && (
        <>
          <SchematicMap
            districts={looks?.base.districts ?? null}
            marks={marks}
            selected={selected}
            label={t('overview.map.schematic', { n: marks.length })}
            onPick={([id]) => id !== undefined && select(id)}
          />
          <p className="cf-map-banner" role="status">
            {t('overview.map.noWebgl')}
          </p>
        </>
      )}
      <LayersPanel
        address={address}
        sources={sources}
        source={source}
        hasMap={hasWebgl}
        hasRoom={hasRoom}
        onWhole={() => map.current?.showAll()}
      />
      <Legend
        rows={rows}
        choice={choice}
        place={place}
        isCoverageEmpty={coverage.isEmpty}
        placed={marks.length}
        hasRoom={hasRoom}
      />
      {picked !== null && (
        <Picker
          picked={picked}
          rows={rows}
          onSelect={(id) => {
            setPicked(null)
            select(id)
          }}
          onZoom={() => map.current?.zoomInto(picked.x, picked.y)}
          onClose={() => setPicked(null)}
        />
      )}
    </section>
  )
}

function useLooks(source: typeof OFFLINE, { choice }: Address): Looks | null {
  const { language } = useWords()
  const scheme = useComputedColorScheme('dark')
  const base = useBase(source)
  const { shown, metric, ramp } = choice
  return useMemo(
    () => (base === null ? null : { scheme, language, source, base, shown, metric, ramp }),
    [scheme, language, source, base, shown, metric, ramp],
  )
}

/** Moves the map to what was just selected, once; what drives out of sight is not chased. */
function useFollow(
  map: { readonly current: LivingMap | null },
  marks: readonly Mark[],
  selected: string | null,
): void {
  const shown = useRef<string | null>(selected)
  useEffect(() => {
    if (selected === shown.current) return
    const mark = marks.find((one) => one.id === selected)
    shown.current = selected
    if (mark !== undefined) map.current?.show(mark.place, SELECTED_ZOOM)
  }, [map, marks, selected])
}

function marksOf(rows: readonly Row[], servicePlace: number | null): Mark[] {
  const marks: Mark[] = []
  for (const row of rows) {
    const place = placeOf(row)
    if (place === null) continue
    const { glance, asset } = row
    const isMoving = row.state === 'online' && (glance?.speedMps ?? 0) >= MOVING_MPS
    marks.push({
      id: row.id,
      kind: asset.kind,
      tone: toneAt(glance, servicePlace) ?? row.state,
      place: [place.longitude, place.latitude],
      heading: isMoving ? (glance?.heading ?? null) : null,
    })
  }
  return marks
}
