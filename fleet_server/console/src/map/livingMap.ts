/**
 * The map itself, outside of React: it is told what to show and tells what was chosen.
 *
 * Marks change once a second, so nothing here makes a component render, nor the ground: they have a
 * canvas of their own.
 */

import type { FeatureCollection } from 'geojson'
import {
  AttributionControl,
  type GeoJSONSource,
  Map as MapLibre,
  type MapMouseEvent,
  NavigationControl,
  ScaleControl,
} from 'maplibre-gl'
import { collectionToDisplay, type Place, toDisplay, toStored } from './datum'
import type { Mark, Trail } from './features'
import { FleetCanvas } from './fleetCanvas'
import type { Group } from './groups'
import { prepareLibrary } from './library'
import { fromWorld } from './projection'
import { buildStyle, EMPTY, type Looks } from './style'

/** The whole city, west south east north. */
const CITY: [number, number, number, number] = [105.28, 28.16, 110.2, 32.21]

/** Marks within this of the pointer are meant by it. */
const REACH_PIXELS = 7
/** From the keyboard the middle of the map is meant, and a wider reach. */
const KEYBOARD_REACH_PIXELS = 48
/** A group of at most so many is listed; a larger one is zoomed into. */
const LISTED_AT_MOST = 8
const MOST_LISTED = 200

/** Where the map looks: stored coordinates and a zoom. */
export interface View {
  place: Place
  zoom: number
}

export interface Picked {
  ids: string[]
  /** Pixels from the map's top left corner. */
  x: number
  y: number
}

export interface Listener {
  /** Assets under the pointer, one or more; none: the ground was clicked, at this stored place. */
  onPick: (picked: Picked, place: Place) => void
  onView: (view: View) => void
  /** Everything asked for is drawn, for the first time. */
  onReady: () => void
  /** The map cannot be drawn (any more). */
  onBroken: () => void
}

export class LivingMap {
  private readonly map: MapLibre
  private readonly fleet: FleetCanvas
  private readonly listener: Listener
  private looks: Looks
  private coverage: FeatureCollection = EMPTY

  /** Draws into `container`; without a view it shows the whole city. */
  constructor(container: HTMLElement, looks: Looks, view: View | null, listener: Listener) {
    prepareLibrary()
    this.looks = looks
    this.listener = listener
    const datum = looks.source.datum
    this.map = new MapLibre({
      container,
      style: buildStyle({ ...looks, coverage: EMPTY }),
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      maxPitch: 0,
      minZoom: 4,
      maxZoom: 18,
      fadeDuration: 0,
      ...(view === null
        ? { bounds: CITY, fitBoundsOptions: { padding: 24 } }
        : { center: toDisplay(datum, view.place), zoom: view.zoom }),
    })
    this.map.touchZoomRotate.disableRotation()
    this.map.keyboard.disableRotation()
    this.map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-left')
    this.map.addControl(new AttributionControl({ compact: false }), 'bottom-right')
    this.map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right')
    this.fleet = new FleetCanvas(this.map, looks)
    this.listen()
  }

  setMarks(marks: readonly Mark[]): void {
    this.fleet.setMarks(marks)
  }

  setTrails(trails: readonly Trail[]): void {
    this.fleet.setTrails(trails)
  }

  setSelected(asset: string | null): void {
    this.fleet.setSelected(asset)
  }

  setCoverage(coverage: FeatureCollection): void {
    this.coverage = coverage
    this.pushCoverage()
  }

  /** Another scheme, source, language or choice of layers; the view and the data stay. */
  setLooks(looks: Looks): void {
    if (looks === this.looks) return
    const before = this.looks.source.datum
    const centre = this.place()
    this.looks = looks
    this.fleet.setLooks(looks)
    this.map.setStyle(buildStyle({ ...looks, coverage: this.shownCoverage() }))
    if (before !== looks.source.datum) {
      this.map.jumpTo({ center: toDisplay(looks.source.datum, centre) })
    }
  }

  /** Moves there, unless it is well in view already; `zoom` is the least to end at. */
  show(place: Place, zoom = 0): void {
    const at = toDisplay(this.looks.source.datum, place)
    const point = this.map.project(at)
    const { clientWidth: width, clientHeight: height } = this.map.getContainer()
    const isInView =
      point.x > width * 0.1 &&
      point.x < width * 0.9 &&
      point.y > height * 0.1 &&
      point.y < height * 0.9
    if (isInView && this.map.getZoom() >= zoom) return
    this.map.easeTo({ center: at, zoom: Math.max(zoom, this.map.getZoom()), duration: 600 })
  }

  showAll(): void {
    const datum = this.looks.source.datum
    const [west, south, east, north] = CITY
    const corners = [toDisplay(datum, [west, south]), toDisplay(datum, [east, north])] as const
    this.map.fitBounds([...corners], { padding: 24, duration: 600 })
  }

  zoomInto(x: number, y: number): void {
    this.map.easeTo({ center: this.map.unproject([x, y]), zoom: this.map.getZoom() + 2 })
  }

  /** West, south, east, north of what is seen, stored coordinates. */
  bounds(): [number, number, number, number] {
    const datum = this.looks.source.datum
    const seen = this.map.getBounds()
    return [
      ...toStored(datum, [seen.getWest(), seen.getSouth()]),
      ...toStored(datum, [seen.getEast(), seen.getNorth()]),
    ]
  }

  label(text: string): void {
    this.map.getCanvas().setAttribute('aria-label', text)
  }

  destroy(): void {
    this.fleet.destroy()
    this.map.remove()
  }

  private place(): [number, number] {
    const { lng, lat } = this.map.getCenter()
    return toStored(this.looks.source.datum, [lng, lat])
  }

  private shownCoverage(): FeatureCollection {
    return collectionToDisplay(this.looks.source.datum, this.coverage)
  }

  private pushCoverage(): void {
    // A newer collection replaces one that the worker has not begun with; nothing to wait for.
    void this.map.getSource<GeoJSONSource>('coverage')?.setData(this.shownCoverage())
  }

  private listen(): void {
    const { map, listener } = this
    // What was set before the style was there had no source to go to.
    map.once('style.load', () => {
      if (this.coverage !== EMPTY) this.pushCoverage()
    })
    map.once('idle', () => listener.onReady())
    map.on('moveend', () => listener.onView({ place: this.place(), zoom: map.getZoom() }))
    map.on('click', (event) => this.pick(event))
    map.on('mousemove', (event) => {
      const isOver = this.fleet.under(event.point, REACH_PIXELS).length > 0
      map.getCanvas().style.cursor = isOver ? 'pointer' : ''
    })
    map.on('webglcontextlost', () => listener.onBroken())
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return
      event.preventDefault() // the list that opens takes the focus, and is not to be chosen from yet
      const { clientWidth, clientHeight } = map.getContainer()
      this.pickAt(clientWidth / 2, clientHeight / 2, KEYBOARD_REACH_PIXELS, this.place())
    })
  }

  private pick(event: MapMouseEvent): void {
    const place = toStored(this.looks.source.datum, [event.lngLat.lng, event.lngLat.lat])
    this.pickAt(event.point.x, event.point.y, REACH_PIXELS, place)
  }

  private pickAt(x: number, y: number, reach: number, place: Place): void {
    const ids = new Set<string>()
    for (const group of this.fleet.under({ x, y }, reach)) {
      if (group.members.length > LISTED_AT_MOST && this.expand(group)) return
      for (const { mark } of group.members) if (ids.size < MOST_LISTED) ids.add(mark.id)
    }
    this.listener.onPick({ ids: [...ids], x, y }, place)
  }

  /** Zooms in until the group falls apart; false when it never does. */
  private expand(group: Group): boolean {
    const zoom = this.fleet.splitZoom(group)
    if (zoom === null) return false
    this.map.easeTo({ center: fromWorld(group.at), zoom: zoom + 0.05, duration: 600 })
    return true
  }
}
