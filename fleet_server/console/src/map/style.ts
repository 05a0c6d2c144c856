/** The map's style: the base map, and what the fleet measured. Pure: the same input, the same style. */

import type { FeatureCollection } from 'geojson'
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import { baseLayers, placeLayers, tileLayers } from './baseLayers'
import { coverageLayers } from './fleetLayers'
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
  /** What is measured now, so that changing the style keeps it. */
  coverage: FeatureCollection
  shown: Shown
  metric: CoverageMetric
  ramp: Ramp
}

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** What the ground looks like; the coverage comes later. */
export type Looks = Omit<StyleInput, 'coverage'>

export function buildStyle(input: StyleInput): StyleSpecification {
  const palette = PALETTES[input.scheme]
  const isOffline = input.source.kind === 'offline'
  const layers: LayerSpecification[] = [
    { id: 'ground', type: 'background', paint: { 'background-color': palette.ground } },
    ...tileLayers(input.source, palette, input.language),
    ...baseLayers(palette, isOffline),
    ...coverageLayers(input.metric, input.ramp, input.scheme),
    ...placeLayers(palette, input.language, isOffline),
  ]
  return {
    version: 8,
    transition: { duration: 0, delay: 0 },
    sources: { ...tileSources(input), ...dataSources(input) },
    layers: layers.map((layer) => shownOrNot(layer, input.shown)),
  }
}

function dataSources({ base, coverage }: StyleInput): Record<string, SourceSpecification> {
  return {
    neighbours: { type: 'geojson', data: base.neighbours, attribution: base.attribution },
    districts: { type: 'geojson', data: base.districts },
    'district-names': { type: 'geojson', data: base.districtNames },
    'neighbour-names': { type: 'geojson', data: base.neighbourNames },
    rivers: { type: 'geojson', data: base.rivers },
    places: { type: 'geojson', data: base.places },
    coverage: { type: 'geojson', data: coverage },
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

/** The choices that are layers of the map. */
const LAYERS_OF = { coverage: /^coverage/, places: /^place-/ } as const

function shownOrNot(layer: LayerSpecification, shown: Shown): LayerSpecification {
  const names = Object.keys(LAYERS_OF) as (keyof typeof LAYERS_OF)[]
  const owner = names.find((name) => LAYERS_OF[name].test(layer.id))
  const isHidden = owner !== undefined && !shown[owner]
  if (!isHidden || layer.type === 'background') return layer
  return { ...layer, layout: { ...layer.layout, visibility: 'none' } } as LayerSpecification
}
