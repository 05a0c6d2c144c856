/** The map's style: base map below, what the fleet says above. Pure: the same input, the same style. */

import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { STATES } from '../app/state'
import { baseLayers, placeLayers, tileLayers } from './baseLayers'
import { assetLayers, coverageLayers, trailLayers } from './fleetLayers'
import { type CoverageMetric, PALETTES, type Ramp, type Scheme } from './palette'
import type { BaseData, TileSource } from './sources'

/** Which of the layers over the base map are shown. */
export interface Shown {
  assets: boolean
  trails: boolean
  coverage: boolean
  places: boolean
}

export interface StyleInput {
  scheme: Scheme
  language: 'zh-CN' | 'en'
  source: TileSource
  base: BaseData
  /** What the data sources hold now, so that changing the style keeps it. */
  data: Readonly<Record<LiveSource, FeatureCollection>>
  shown: Shown
  metric: CoverageMetric
  ramp: Ramp
}

/** The sources whose data the fleet changes. */
export type LiveSource = 'assets' | 'trails' | 'coverage' | 'selected'

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** Neighbours closer than this overlap, so they are drawn as one cluster. */
const CLUSTER_RADIUS_PIXELS = 20

export function buildStyle(input: StyleInput): StyleSpecification {
  const palette = PALETTES[input.scheme]
  const isOffline = input.source.kind === 'offline'
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    ...tileLayers(input.source, palette, input.language),
    ...baseLayers(palette, isOffline),
    ...coverageLayers(input.metric, input.ramp, input.scheme),
    ...trailLayers(palette),
    ...placeLayers(palette, input.language, isOffline),
    ...assetLayers(palette, input.scheme),
  ]
  return {
    version: 8,
    transition: { duration: 0, delay: 0 },
    sources: { ...tileSources(input), ...dataSources(input) },
    layers: layers.map((layer) => shownOrNot(layer, input.shown)),
  }
}

/** The data source's own clustering runs in the map's worker, off the page's thread. */
function dataSources(input: StyleInput): Record<string, SourceSpecification> {
  const { base, data } = input
  return {
    neighbours: { type: 'geojson', data: base.neighbours, attribution: base.attribution },
    districts: { type: 'geojson', data: base.districts },
    'district-names': { type: 'geojson', data: base.districtNames },
    'neighbour-names': { type: 'geojson', data: base.neighbourNames },
    rivers: { type: 'geojson', data: base.rivers },
    places: { type: 'geojson', data: base.places },
    coverage: { type: 'geojson', data: data.coverage },
    trails: { type: 'geojson', data: data.trails, lineMetrics: true },
    selected: { type: 'geojson', data: data.selected },
    assets: {
      type: 'geojson',
      data: data.assets,
      cluster: true,
      clusterRadius: CLUSTER_RADIUS_PIXELS,
      clusterMaxZoom: 16,
      clusterProperties: Object.fromEntries(
        STATES.map((state) => [state, ['+', ['case', ['==', ['get', 'state'], state], 1, 0]]]),
      ),
    },
  }
}

function tileSources({ source }: StyleInput): Record<string, SourceSpecification> {
  if (source.kind === 'raster') {
    const overlay = source.overlay_url
    return {
      tiles: rasterSource(source, source.url),
      ...(overlay === null ? {} : { 'tiles-above': rasterSource(source, overlay) }),
    }
  }
  if (source.kind === 'pmtiles') {
    const { href } = new URL(source.url, location.origin)
    return {
      tiles: { type: 'vector', url: `pmtiles://${href}`, attribution: source.attribution },
    }
  }
  return {}
}

function rasterSource(source: TileSource, path: string): SourceSpecification {
  return {
    type: 'raster',
    // Not `new URL`, which would escape the braces.
    tiles: [path.startsWith('/') ? location.origin + path : path],
    tileSize: 256,
    minzoom: source.min_zoom,
    maxzoom: source.max_zoom,
    attribution: source.attribution,
  }
}

const LAYERS_OF: Record<keyof Shown, RegExp> = {
  assets: /^asset-/,
  trails: /^trail/,
  coverage: /^coverage/,
  places: /^place-/,
}

function shownOrNot(layer: LayerSpecification, shown: Shown): LayerSpecification {
  const names = Object.keys(LAYERS_OF) as (keyof Shown)[]
  const owner = names.find((name) => LAYERS_OF[name].test(layer.id))
  const isHidden = owner !== undefined && !shown[owner]
  if (!isHidden || layer.type === 'background') return layer
  return { ...layer, layout: { ...layer.layout, visibility: 'none' } } as LayerSpecification
}
