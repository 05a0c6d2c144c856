/**
 * The map itself, outside of React: it is told what to show and tells what was chosen.
 *
 * Marks change once a second, so nothing here makes a component render: a collection goes straight
 * to the map's worker, which clusters and lays out off the page's thread.
 */

import type { FeatureCollection } from 'geojson'
import {
  AttributionControl,
  type GeoJSONSource,
  type MapGeoJSONFeature,
  Map as MapLibre,
  type MapMouseEvent,
  NavigationControl,
  type PointLike,
  ScaleControl,
} from 'maplibre-gl'
import { collectionToDisplay, type Place, toDisplay, toStored } from './datum'
import { type Mark, markCollection, type Trail, trailCollection } from './features'
import { prepareLibrary } from './library'
import { drawImage, PIXEL_RATIO } from './marks'
import { buildStyle, EMPTY, type LiveSource, type StyleInput } from './style'

/** The whole city, west south east north. */
const CITY: [number, number, number, number] = [105.28, 28.16, 110.2, 32.21]

/** Marks within this of the pointer are meant by it. */
const REACH_PIXELS = 7
/** From the keyboard the middle of the map is meant, and a wider reach. */
const KEYBOARD_REACH_PIXELS = 48
/** A cluster of at most so many is listed; a larger one is zoomed into. */
const LISTED_AT_MOST = 8
const MOST_LEAVES = 200
/** After so long a drawing is taken for done. */
const PATIENCE_MS = 5_000

const LIVE: readonly LiveSource[] = ['assets', 'trails', 'coverage', 'selected']

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

export type Looks = Omit<StyleInput, 'data'>

export class LivingMap {
  private readonly map: MapLibre
  private readonly listener: Listener
  private looks: Looks
  private marks: readonly Mark[] = []
  private trails: readonly Trail[] = []
  private coverage: FeatureCollection = EMPTY
  private selected: string | null = null
  private isDrawing = false
  private hasNewer = false

  /** Draws into `container`; without a view it shows the whole city. */
  constructor(container: HTMLElement, looks: Looks, view: View | null, listener: Listener) {
    prepareLibrary()
    this.looks = looks
    this.listener = listener
    const datum = looks.source.datum
    this.map = new MapLibre({
      container,
      style: buildStyle({ ...looks, data: this.data() }),
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
    this.map.setMissingStyleImageResolver(async (name) => this.addImage(name))
    this.listen()
  }

  setMarks(marks: readonly Mark[]): void {
    this.marks = marks
    if (this.isDrawing) this.hasNewer = true
    else this.drawMarks()
  }

  setTrails(trails: readonly Trail[]): void {
    this.trails = trails
    this.push('trails')
  }

  setCoverage(coverage: FeatureCollection): void {
    this.coverage = coverage
    this.push('coverage')
  }

  setSelected(asset: string | null): void {
    this.selected = asset
    this.push('selected')
  }

  /** Another scheme, source, language or choice of layers; the view and the data stay. */
  setLooks(looks: Looks): void {
    if (looks === this.looks) return
    const before = this.looks.source.datum
    const centre = this.place()
    this.looks = looks
    this.map.setStyle(buildStyle({ ...looks, data: this.data() }))
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
    this.isDrawing = true
    this.hasNewer = false
    this.map.remove()
  }

  /** A slow machine draws less often, with the newest marks, instead of falling behind for ever. */
  private drawMarks(): void {
    this.isDrawing = true
    this.hasNewer = false
    this.push('assets')
    this.push('selected')
    const finish = () => {
      clearTimeout(timer)
      this.map.off('idle', finish)
      this.isDrawing = false
      if (this.hasNewer) this.drawMarks()
    }
    // A page in the background draws nothing, and so is never done.
    const timer = setTimeout(finish, PATIENCE_MS)
    this.map.on('idle', finish)
  }

  private place(): [number, number] {
    const { lng, lat } = this.map.getCenter()
    return toStored(this.looks.source.datum, [lng, lat])
  }

  private data(): Record<LiveSource, FeatureCollection> {
    return {
      assets: this.collection('assets'),
      trails: this.collection('trails'),
      coverage: this.collection('coverage'),
      selected: this.collection('selected'),
    }
  }

  private collection(name: LiveSource): FeatureCollection {
    const datum = this.looks.source.datum
    switch (name) {
      case 'assets':
        return markCollection(this.marks, datum)
      case 'trails':
        return trailCollection(this.trails, datum)
      case 'coverage':
        return collectionToDisplay(datum, this.coverage)
      case 'selected':
        return markCollection(
          this.marks.filter((mark) => mark.id === this.selected),
          datum,
        )
    }
  }

  private push(name: LiveSource): void {
    const source = this.map.getSource<GeoJSONSource>(name)
    // A newer collection replaces one that the worker has not begun with; nothing to wait for.
    void source?.setData(this.collection(name))
  }

  private addImage(name: string): void {
    const image = drawImage(name)
    if (image !== null && !this.map.hasImage(name)) {
      this.map.addImage(name, image, { pixelRatio: PIXEL_RATIO })
    }
  }

  private listen(): void {
    const { map, listener } = this
    // What was set before the style was there had no source to go to.
    map.on('style.load', () => {
      for (const name of LIVE) this.push(name)
    })
    map.once('idle', () => listener.onReady())
    map.on('moveend', () => listener.onView({ place: this.place(), zoom: map.getZoom() }))
    map.on('click', (event) => void this.pick(event))
    map.on('mousemove', (event) => {
      const isOver = this.under(event.point, REACH_PIXELS).length > 0
      map.getCanvas().style.cursor = isOver ? 'pointer' : ''
    })
    map.on('webglcontextlost', () => listener.onBroken())
    map.getCanvas().addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return
      const { clientWidth, clientHeight } = map.getContainer()
      void this.pickAt(clientWidth / 2, clientHeight / 2, KEYBOARD_REACH_PIXELS, this.place())
    })
  }

  private async pick(event: MapMouseEvent): Promise<void> {
    const place = toStored(this.looks.source.datum, [event.lngLat.lng, event.lngLat.lat])
    await this.pickAt(event.point.x, event.point.y, REACH_PIXELS, place)
  }

  private async pickAt(x: number, y: number, reach: number, place: Place): Promise<void> {
    const found = this.under({ x, y }, reach)
    const ids = new Set<string>()
    for (const feature of found) {
      if (feature.properties.point_count > LISTED_AT_MOST && (await this.expand(feature))) return
      for (const id of await this.idsOf(feature)) ids.add(id)
    }
    this.listener.onPick({ ids: [...ids], x, y }, place)
  }

  private under(point: { x: number; y: number }, reach: number): MapGeoJSONFeature[] {
    const box: [PointLike, PointLike] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ]
    const layers = ['asset-mark', 'asset-cluster', 'asset-selected-mark']
    return this.map.queryRenderedFeatures(box, {
      layers: layers.filter((layer) => this.map.getLayer(layer) !== undefined),
    })
  }

  private async idsOf(feature: MapGeoJSONFeature): Promise<string[]> {
    if (feature.properties.point_count === undefined) return [String(feature.properties.id)]
    const source = this.map.getSource<GeoJSONSource>('assets')
    const leaves = await source?.getClusterLeaves(feature.properties.cluster_id, MOST_LEAVES, 0)
    return (leaves ?? []).map((leaf) => String(leaf.properties?.id))
  }

  /** Zooms in until the cluster falls apart; false when it never does. */
  private async expand(feature: MapGeoJSONFeature): Promise<boolean> {
    const source = this.map.getSource<GeoJSONSource>('assets')
    const zoom = await source?.getClusterExpansionZoom(feature.properties.cluster_id)
    if (zoom === undefined || zoom > 16 || feature.geometry.type !== 'Point') return false
    const [longitude = 0, latitude = 0] = feature.geometry.coordinates
    this.map.easeTo({ center: [longitude, latitude], zoom: zoom + 0.3, duration: 600 })
    return true
  }
}
