/** Layers of what the fleet measured: link quality. What moves is in `fleetCanvas`. */

import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import { type CoverageMetric, type Ramp, rampStops, type Scheme } from './palette'

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
