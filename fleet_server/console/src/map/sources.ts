/** Where the base map comes from: the bundled layers, a court's own, and sources of tiles. */

import type { Feature, FeatureCollection, Geometry } from 'geojson'
import { collectionToDisplay, type Datum, type Place } from './datum'

/** One entry of the server's list of base maps; its addresses are on this server. */
export interface TileSource {
  id: string
  name_en: string
  name_zh: string
  kind: 'offline' | 'raster' | 'pmtiles'
  url: string
  /** Drawn above it: labels, most often. */
  overlay_url: string | null
  datum: Datum
  attribution: string
  min_zoom: number
  max_zoom: number
}

/** Used until the server's list is there, and when it has none. */
export const OFFLINE: TileSource = {
  id: 'offline',
  name_en: 'Offline map',
  name_zh: '离线地图',
  kind: 'offline',
  url: '',
  overlay_url: null,
  datum: 'wgs84',
  attribution: '',
  min_zoom: 0,
  max_zoom: 22,
}

const LAYERS = ['districts', 'rivers', 'places', 'neighbours'] as const
export type BaseLayer = (typeof LAYERS)[number]

/** The base map's layers as they are kept: in WGS-84. */
export type Base = Readonly<Record<BaseLayer, FeatureCollection>>

/** The layers in the datum of the map that shows them, and what is made from them. */
export interface BaseData extends Base {
  districtNames: FeatureCollection
  neighbourNames: FeatureCollection
  attribution: string
}

/** Who made the layers, as each of them says, each named once. */
export function makersOf(base: Base): string {
  const said = LAYERS.map((layer) => (base[layer] as { attribution?: unknown }).attribution)
  const names = new Set(said.filter((one) => typeof one === 'string' && one !== ''))
  return [...names].map((name) => `© ${name}`).join(' · ')
}

/** All layers in WGS-84: the court's own where it imported one, else the bundled. */
export async function loadBase(own: readonly string[]): Promise<Base> {
  const loaded = await Promise.all(LAYERS.map((layer) => loadLayer(layer, own.includes(layer))))
  return Object.fromEntries(LAYERS.map((layer, at) => [layer, loaded[at]])) as Base
}

async function loadLayer(layer: BaseLayer, isOwn: boolean): Promise<FeatureCollection> {
  const path = isOwn ? `/api/v1/basemap/${layer}` : `/geo/${layer}.geojson`
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return (await answer.json()) as FeatureCollection
}

/** The layers as a map in this datum draws them. */
export function baseToDisplay(base: Base, datum: Datum, attribution: string): BaseData {
  const shown = (collection: FeatureCollection) => collectionToDisplay(datum, collection)
  return {
    districts: shown(base.districts),
    rivers: shown(base.rivers),
    places: shown(base.places),
    neighbours: shown(base.neighbours),
    districtNames: shown(namesOf(base.districts)),
    neighbourNames: shown(namesOf(base.neighbours)),
    attribution,
  }
}

/** A point for each area's name: an area's own label would be drawn once a tile. */
function namesOf(areas: FeatureCollection): FeatureCollection {
  return { type: 'FeatureCollection', features: areas.features.flatMap(nameOf) }
}

function nameOf({ properties, geometry }: Feature): Feature[] {
  const said: unknown = properties?.label
  const at = isPlace(said) ? said : labelPlace(geometry)
  if (at === null) return []
  return [{ type: 'Feature', properties, geometry: { type: 'Point', coordinates: [...at] } }]
}

function isPlace(said: unknown): said is Place {
  return Array.isArray(said) && said.length === 2 && said.every(Number.isFinite)
}

/** The centroid of the largest ring. */
function labelPlace(geometry: Geometry): Place | null {
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') return null
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  let best: { area: number; place: Place } | null = null
  for (const [ring] of polygons) {
    if (ring === undefined) continue
    const found = centroid(ring as [number, number][])
    if (best === null || found.area > best.area) best = found
  }
  return best?.place ?? null
}

function centroid(ring: readonly [number, number][]): { area: number; place: Place } {
  let twice = 0
  let x = 0
  let y = 0
  ring.forEach(([ax, ay], index) => {
    const [bx, by] = ring[(index + 1) % ring.length] ?? [ax, ay]
    const cross = ax * by - bx * ay
    twice += cross
    x += (ax + bx) * cross
    y += (ay + by) * cross
  })
  if (twice === 0) return { area: 0, place: ring[0] ?? [0, 0] }
  return { area: Math.abs(twice / 2), place: [x / (3 * twice), y / (3 * twice)] }
}
