/** Layers of the base map: the bundled one, and what is drawn from a source of vector tiles. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Palette } from './palette'
import type { TileSource } from './sources'

/** Fonts of the reader's machine: the style has no glyphs, so nothing is fetched for labels. */
export const LABEL_FONT = [
  'Inter',
  'Noto Sans SC',
  'Noto Sans CJK SC',
  'PingFang SC',
  'Microsoft YaHei',
  'sans-serif',
]

/** Below this zoom districts are named, above it their seats and towns. */
const TOWNS_FROM = 9.5

type Language = 'zh-CN' | 'en'

/** Areas and lines. Over tiles only the outlines are kept, so that the court's city is still seen. */
export function baseLayers(palette: Palette, isOffline: boolean): LayerSpecification[] {
  const areas: LayerSpecification[] = [
    {
      id: 'neighbour-area',
      type: 'fill',
      source: 'neighbours',
      paint: { 'fill-color': palette.neighbour },
    },
    {
      id: 'neighbour-line',
      type: 'line',
      source: 'neighbours',
      paint: { 'line-color': palette.neighbourLine, 'line-width': 0.8 },
    },
    {
      // Below the districts, so that only its outer half shows: the city's outline.
      id: 'city-line',
      type: 'line',
      source: 'districts',
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': palette.cityLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 6, 3, 12, 6],
      },
    },
    {
      id: 'district-area',
      type: 'fill',
      source: 'districts',
      paint: { 'fill-color': palette.land },
    },
    {
      id: 'river',
      type: 'line',
      source: 'rivers',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': palette.waterLine,
        'line-width': ['interpolate', ['linear'], ['zoom'], 6, riverWidth(2.2), 13, riverWidth(8)],
        'line-opacity': 0.85,
      },
    },
  ]
  return [...(isOffline ? areas : []), districtLine(palette, isOffline)]
}

/** The widest for rivers of size 1; an imported layer may not say. */
function riverWidth(widest: number): ExpressionSpecification {
  return ['/', widest, ['coalesce', ['get', 'size'], 2]]
}

function districtLine(palette: Palette, isOffline: boolean): LayerSpecification {
  return {
    id: 'district-line',
    type: 'line',
    source: 'districts',
    paint: {
      'line-color': isOffline ? palette.districtLine : palette.cityLine,
      'line-width': ['interpolate', ['linear'], ['zoom'], 6, 0.7, 10, 1.4],
      'line-opacity': isOffline ? 1 : 0.45,
    },
  }
}

/** Names of provinces, districts and towns; tiles bring their own. */
export function placeLayers(
  palette: Palette,
  language: Language,
  isOffline: boolean,
): LayerSpecification[] {
  if (!isOffline) return []
  const halo = { 'text-halo-color': palette.halo, 'text-halo-width': 1.4 }
  return [
    {
      id: 'place-river',
      type: 'symbol',
      source: 'rivers',
      minzoom: 7.5,
      layout: {
        'symbol-placement': 'line',
        'symbol-spacing': 420,
        'text-field': nameIn(language),
        'text-font': LABEL_FONT,
        'text-size': 11,
        'text-letter-spacing': 0.1,
      },
      paint: { ...halo, 'text-color': palette.waterLabel },
    },
    {
      id: 'place-town',
      type: 'symbol',
      source: 'places',
      minzoom: TOWNS_FROM,
      layout: {
        // The seats first, then the larger towns.
        'symbol-sort-key': ['coalesce', ['get', 'rank'], 9],
        'text-field': nameIn(language),
        'text-font': LABEL_FONT,
        'text-size': 11,
        'text-variable-anchor': ['center', 'top', 'bottom'],
        'text-radial-offset': 0.6,
        'text-padding': 6,
      },
      paint: { ...halo, 'text-color': palette.quietLabel },
    },
    {
      id: 'place-province',
      type: 'symbol',
      source: 'neighbour-names',
      maxzoom: 9,
      layout: { 'text-field': nameIn(language), 'text-font': LABEL_FONT, 'text-size': 12 },
      paint: { ...halo, 'text-color': palette.quietLabel, 'text-opacity': 0.75 },
    },
    {
      id: 'place-district',
      type: 'symbol',
      source: 'district-names',
      maxzoom: TOWNS_FROM,
      layout: {
        'text-field': nameIn(language),
        'text-font': LABEL_FONT,
        'text-size': ['interpolate', ['linear'], ['zoom'], 6, 10.5, 10, 14],
        'text-variable-anchor': ['center', 'top', 'bottom', 'right', 'left'],
        'text-radial-offset': 0.9,
        'text-padding': 3,
      },
      paint: { ...halo, 'text-color': palette.label },
    },
  ]
}

function nameIn(language: Language): ExpressionSpecification {
  return language === 'en'
    ? ['coalesce', ['get', 'name_en'], ['get', 'name_zh']]
    : ['coalesce', ['get', 'name_zh'], ['get', 'name_en']]
}

/** A tile source: pictures as they are; vector tiles in the layers that Protomaps' schema names. */
export function tileLayers(
  source: TileSource,
  palette: Palette,
  language: Language,
): LayerSpecification[] {
  if (source.kind === 'raster') return rasterLayers(source)
  if (source.kind !== 'pmtiles') return []
  const name: ExpressionSpecification =
    language === 'en'
      ? ['coalesce', ['get', 'name:en'], ['get', 'name']]
      : ['coalesce', ['get', 'name:zh'], ['get', 'name']]
  return [
    {
      id: 'tile-earth',
      type: 'fill',
      source: 'tiles',
      'source-layer': 'earth',
      paint: { 'fill-color': palette.land },
    },
    {
      id: 'tile-water',
      type: 'fill',
      source: 'tiles',
      'source-layer': 'water',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': palette.water },
    },
    {
      id: 'tile-roads',
      type: 'line',
      source: 'tiles',
      'source-layer': 'roads',
      paint: {
        'line-color': palette.road,
        'line-width': ['interpolate', ['exponential', 1.5], ['zoom'], 6, 0.5, 16, 6],
      },
    },
    {
      id: 'tile-boundaries',
      type: 'line',
      source: 'tiles',
      'source-layer': 'boundaries',
      paint: { 'line-color': palette.districtLine, 'line-dasharray': [3, 2] },
    },
    {
      id: 'tile-places',
      type: 'symbol',
      source: 'tiles',
      'source-layer': 'places',
      layout: { 'text-field': name, 'text-font': LABEL_FONT, 'text-size': 12 },
      paint: {
        'text-color': palette.label,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.4,
      },
    },
  ]
}

function rasterLayers(source: TileSource): LayerSpecification[] {
  const names = source.overlay_url === null ? ['tiles'] : ['tiles', 'tiles-above']
  return names.map((name) => ({ id: name, type: 'raster', source: name }))
}
