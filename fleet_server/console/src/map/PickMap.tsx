/** The map of `PickPlace`; a lazy chunk, because MapLibre comes with it. */

import type { FeatureCollection } from 'geojson'
import { useMemo } from 'react'
import type { Mark } from './features'
import type { View } from './livingMap'
import MapView from './MapView'
import type { Looks } from './style'

interface Props {
  looks: Looks
  value: readonly [number, number] | null
  label: string
  onPlace: (longitude: number, latitude: number) => void
  onBroken: () => void
}

const NOWHERE: FeatureCollection = { type: 'FeatureCollection', features: [] }
const NO_TRAILS: [] = []
const NEAR_ZOOM = 14

export default function PickMap({ looks, value, label, onPlace, onBroken }: Props) {
  const longitude = value?.[0]
  const latitude = value?.[1]
  const marks = useMemo<Mark[]>(
    () =>
      longitude === undefined || latitude === undefined
        ? []
        : [
            {
              id: '',
              kind: 'clinic',
              tone: 'online',
              place: [longitude, latitude],
              heading: null,
            },
          ],
    [longitude, latitude],
  )
  const view: View | null = value === null ? null : { place: value, zoom: NEAR_ZOOM }
  return (
    <MapView
      looks={looks}
      view={view}
      marks={marks}
      trails={NO_TRAILS}
      coverage={NOWHERE}
      selected={marks.length === 0 ? null : ''}
      label={label}
      onMap={() => {}}
      onPick={(_, place) => onPlace(place[0], place[1])}
      onView={() => {}}
      onReady={() => {}}
      onBroken={onBroken}
    />
  )
}
