/**
 * A map without WebGL: the districts' outlines and a dot for each asset, as SVG. No tiles and no
 * zoom; who needs an asset among many finds it in the list beside.
 */

import type { FeatureCollection, Geometry, Position } from 'geojson'
import { useMemo } from 'react'
import type { Mark } from './features'
import { isHollow, TONE_COLOUR } from './tones'
import './map.css'

/** The drawing's width in its own units; degrees of longitude are narrower by the cosine of 30°. */
const WIDTH = 1000
const WEST = 105.1
const EAST = 110.3
const SOUTH = 28.0
const NORTH = 32.3
const NARROWER = Math.cos((30.1 * Math.PI) / 180)
const UNITS_PER_DEGREE = WIDTH / ((EAST - WEST) * NARROWER)
const HEIGHT = Math.round((NORTH - SOUTH) * UNITS_PER_DEGREE)

interface Props {
  districts: FeatureCollection | null
  marks: readonly Mark[]
  selected: string | null
  label: string
  onPick: (ids: string[]) => void
}

export function SchematicMap({ districts, marks, selected, label, onPick }: Props) {
  const outlines = useMemo(
    () => districts?.features.map((one) => pathOf(one.geometry)) ?? [],
    [districts],
  )
  return (
    <div className="cf-schematic" data-testid="schematic">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {outlines.map((path) => (
          <path key={path.slice(0, 40)} d={path} className="cf-schematic-district" />
        ))}
        {/* The list says all of this to readers of the screen and to the keyboard. */}
        {marks.toReversed().map((mark) => {
          const [x, y] = project(mark.place)
          const colour = TONE_COLOUR[mark.tone]
          const isRing = isHollow(mark.tone)
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list beside is for the keyboard
            <circle
              key={mark.id}
              className="cf-schematic-mark"
              data-asset={mark.id}
              data-tone={mark.tone}
              data-selected={mark.id === selected}
              cx={x}
              cy={y}
              r={6}
              fill={isRing ? 'var(--cf-surface)' : colour}
              stroke={isRing ? colour : 'var(--cf-bg)'}
              strokeWidth={2}
              onClick={() => onPick([mark.id])}
            >
              <title>{mark.id}</title>
            </circle>
          )
        })}
      </svg>
    </div>
  )
}

function project([longitude, latitude]: readonly [number, number]): [number, number] {
  const x = (longitude - WEST) * NARROWER * UNITS_PER_DEGREE
  const y = (NORTH - latitude) * UNITS_PER_DEGREE
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10]
}

function pathOf(geometry: Geometry): string {
  if (geometry.type === 'Polygon') return geometry.coordinates.map(ringPath).join('')
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flat().map(ringPath).join('')
  return ''
}

function ringPath(ring: readonly Position[]): string {
  const points = ring.map(([longitude = 0, latitude = 0]) => project([longitude, latitude]))
  return `M${points.map(([x, y]) => `${x} ${y}`).join('L')}Z`
}
