/** The living map as a component; a lazy chunk, because MapLibre comes with it. */

import type { FeatureCollection } from 'geojson'
import { useEffect, useRef } from 'react'
import type { Mark, Trail } from './features'
import { type Listener, LivingMap, type View } from './livingMap'
import type { Looks } from './style'
import './map.css'

export interface MapViewProps extends Listener {
  looks: Looks
  /** Where to look at first; null shows the whole city. Later changes are not followed. */
  view: View | null
  marks: readonly Mark[]
  trails: readonly Trail[]
  coverage: FeatureCollection
  selected: string | null
  /** What the map is, for those who do not see it. */
  label: string
  /** Receives the map, for what is asked of it rather than shown by it. */
  onMap: (map: LivingMap | null) => void
}

export default function MapView(props: MapViewProps) {
  const box = useRef<HTMLDivElement>(null)
  const map = useRef<LivingMap>(null)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    const element = box.current
    if (element === null) return
    const { looks, view, onMap } = latest.current
    const listener: Listener = {
      onPick: (picked, place) => latest.current.onPick(picked, place),
      onView: (seen) => latest.current.onView(seen),
      onReady: () => {
        element.dataset.ready = '1'
        latest.current.onReady()
      },
      onBroken: () => latest.current.onBroken(),
    }
    let made: LivingMap
    try {
      made = new LivingMap(element, looks, view, listener)
    } catch {
      // No WebGL after all: the schematic map takes over.
      latest.current.onBroken()
      return
    }
    map.current = made
    onMap(made)
    return () => {
      onMap(null)
      map.current = null
      made.destroy()
    }
  }, [])

  useEffect(() => {
    map.current?.label(props.label)
  }, [props.label])
  useEffect(() => {
    map.current?.setLooks(props.looks)
  }, [props.looks])
  useEffect(() => {
    map.current?.setTrails(props.trails)
  }, [props.trails])
  useEffect(() => {
    map.current?.setCoverage(props.coverage)
  }, [props.coverage])
  useEffect(() => {
    map.current?.setMarks(props.marks)
  }, [props.marks])
  useEffect(() => {
    map.current?.setSelected(props.selected)
  }, [props.selected])

  return <div ref={box} className="cf-map" data-testid="map" />
}
