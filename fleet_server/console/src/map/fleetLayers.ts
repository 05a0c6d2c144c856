/** Layers of what the fleet says: link quality, ways driven, assets. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { STATES } from '../app/state'
import { LABEL_FONT } from './baseLayers'
import { RING_PARTS } from './marks'
import { type CoverageMetric, type Palette, type Ramp, rampStops, type Scheme } from './palette'

/** Zoom from which each asset has its id beside it. */
const LABELS_FROM = 9.5

/** Hexagons coloured by value; the more readings one stands on, the less the ground shows through. */
export function coverageLayers(
  metric: CoverageMetric,
  ramp: Ramp,
  scheme: Scheme,
): LayerSpecification[] {
  const stops = rampStops(metric, ramp)
    .sort((one, other) => one.at - other.at)
    .flatMap(({ at, colour }) => [at, colour])
  const colour = ['interpolate', ['linear'], ['get', 'value'], ...stops] as ExpressionSpecification
  const [least, most] = scheme === 'dark' ? [0.34, 0.68] : [0.4, 0.78]
  return [
    {
      id: 'coverage-area',
      type: 'fill',
      source: 'coverage',
      paint: {
        'fill-color': colour,
        'fill-opacity': ['interpolate', ['linear'], ['get', 'count'], 1, least, 40, most],
        'fill-antialias': false,
      },
    },
    {
      id: 'coverage-line',
      type: 'line',
      source: 'coverage',
      paint: { 'line-color': colour, 'line-width': 0.6, 'line-opacity': 0.45 },
    },
  ]
}

/** The newer, the brighter; what lies behind a gap is faint. */
export function trailLayers(palette: Palette): LayerSpecification[] {
  const layout = { 'line-cap': 'round', 'line-join': 'round' } as const
  const width: ExpressionSpecification = ['interpolate', ['linear'], ['zoom'], 6, 1.6, 12, 3.2]
  return [
    {
      id: 'trail-older',
      type: 'line',
      source: 'trails',
      filter: ['!', ['get', 'newest']],
      layout,
      paint: { 'line-width': width, 'line-color': palette.trail, 'line-opacity': 0.3 },
    },
    {
      id: 'trail-newest',
      type: 'line',
      source: 'trails',
      filter: ['get', 'newest'],
      layout,
      paint: { 'line-width': width, 'line-gradient': fading(palette) },
    },
  ]
}

function fading(palette: Palette): ExpressionSpecification {
  return [
    'interpolate',
    ['linear'],
    ['line-progress'],
    0,
    `${palette.trail}00`,
    0.3,
    `${palette.trail}55`,
    1,
    palette.trail,
  ]
}

/** Marks, worst on top; their headings, clusters, the chosen one, and names when there is room. */
export function assetLayers(palette: Palette, scheme: Scheme): LayerSpecification[] {
  return [
    headings(scheme, 'assets', ['all', isAlone(), ['has', 'heading']]),
    {
      id: 'asset-mark',
      type: 'symbol',
      source: 'assets',
      filter: isAlone(),
      layout: {
        ...markLayout(scheme),
        'text-field': ['step', ['zoom'], '', LABELS_FROM, ['get', 'id']],
        'text-font': LABEL_FONT,
        'text-size': 11,
        'text-variable-anchor': ['top', 'bottom', 'right', 'left'],
        'text-radial-offset': 1.1,
        'text-optional': true,
        'symbol-sort-key': ['get', 'rank'],
      },
      paint: {
        'text-color': palette.label,
        'text-halo-color': palette.halo,
        'text-halo-width': 1.4,
      },
    },
    {
      id: 'asset-cluster',
      type: 'symbol',
      source: 'assets',
      filter: ['has', 'point_count'],
      layout: {
        'icon-image': clusterImage(scheme),
        'icon-size': [
          'interpolate',
          ['linear'],
          ['get', 'point_count'],
          2,
          0.74,
          10,
          0.9,
          100,
          1.25,
        ],
        'icon-allow-overlap': true,
        'text-field': ['get', 'point_count_abbreviated'],
        'text-font': LABEL_FONT,
        'text-size': ['interpolate', ['linear'], ['get', 'point_count'], 2, 11, 100, 13],
        'text-allow-overlap': true,
        'symbol-sort-key': ['+', ['*', 1000, ['get', 'fault']], ['get', 'point_count']],
      },
      paint: { 'text-color': palette.label },
    },
    ...selectedLayers(palette, scheme),
  ]
}

function selectedLayers(palette: Palette, scheme: Scheme): LayerSpecification[] {
  return [
    {
      id: 'asset-selected-ring',
      type: 'circle',
      source: 'selected',
      paint: {
        'circle-radius': 17,
        'circle-color': palette.accent,
        'circle-opacity': 0.22,
        'circle-stroke-color': palette.accent,
        'circle-stroke-width': 2,
      },
    },
    headings(scheme, 'selected', ['has', 'heading']),
    {
      id: 'asset-selected-mark',
      type: 'symbol',
      source: 'selected',
      layout: {
        ...markLayout(scheme),
        'text-field': ['get', 'id'],
        'text-font': LABEL_FONT,
        'text-size': 12,
        'text-anchor': 'top',
        'text-offset': [0, 1.6],
        'text-allow-overlap': true,
      },
      paint: {
        'text-color': palette.label,
        'text-halo-color': palette.halo,
        'text-halo-width': 2,
      },
    },
  ]
}

function isAlone(): ExpressionSpecification {
  return ['!', ['has', 'point_count']]
}

function markLayout(scheme: Scheme) {
  const image: ExpressionSpecification = [
    'concat',
    'mark|',
    ['get', 'kind'],
    '|',
    ['get', 'state'],
    `|${scheme}`,
  ]
  return { 'icon-image': image, 'icon-allow-overlap': true } as const
}

function headings(
  scheme: Scheme,
  source: string,
  filter: ExpressionSpecification,
): LayerSpecification {
  return {
    id: `asset-heading-${source}`,
    type: 'symbol',
    source,
    filter,
    layout: {
      'icon-image': ['concat', 'heading|', ['get', 'state'], `|${scheme}`],
      'icon-rotate': ['get', 'heading'],
      'icon-rotation-alignment': 'map',
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
    },
  }
}

/** A state that is there at all gets at least one part of the ring. */
function clusterImage(scheme: Scheme): ExpressionSpecification {
  const parts = STATES.flatMap((state): (string | ExpressionSpecification)[] => [
    '|',
    ['to-string', ['ceil', ['/', ['*', RING_PARTS, ['get', state]], ['get', 'point_count']]]],
  ])
  return ['concat', 'cluster', ...parts, `|${scheme}`] as ExpressionSpecification
}
