/**
 * The small pictures on the map, drawn when they are first asked for by name.
 *
 * `mark|vehicle|fault|dark`: shape says the kind, fill and ring the tone, so that neither depends
 * on colour alone. `cluster|3|0|0|0|9|dark`: a ring of twelfths in the tones' colours, in the order
 * of `TONES`.
 * `heading|online|dark`: an arrow head outside the mark, pointing north.
 */

import { PALETTES, type Palette, type Scheme, TONE_COLOURS } from './palette'
import { isHollow, TONES, type Tone } from './tones'

export type Kind = 'vehicle' | 'backpack' | 'clinic' | 'station'

/** Drawn at this many pixels a CSS pixel. */
export const PIXEL_RATIO = 2

/** How many parts a cluster's ring has. */
export const RING_PARTS = 12

const MARK_SIZE = 26
const HEADING_SIZE = 44
const CLUSTER_SIZE = 36

const drawn = new Map<string, HTMLCanvasElement | null>()

/** The picture of this name, drawn once; null when it is none of ours. */
export function drawImage(name: string): HTMLCanvasElement | null {
  const known = drawn.get(name)
  if (known !== undefined) return known
  const made = makeImage(name)
  drawn.set(name, made)
  return made
}

function makeImage(name: string): HTMLCanvasElement | null {
  const [what, ...parts] = name.split('|')
  const scheme: Scheme = parts.at(-1) === 'light' ? 'light' : 'dark'
  const palette = PALETTES[scheme]
  if (what === 'mark') {
    return painted(MARK_SIZE, (pen) => drawMark(pen, parts[0] as Kind, parts[1] as Tone, palette))
  }
  if (what === 'heading') {
    return painted(HEADING_SIZE, (pen) => drawHeading(pen, parts[0] as Tone, palette))
  }
  if (what === 'cluster') {
    return painted(CLUSTER_SIZE, (pen) => drawCluster(pen, parts.slice(0, -1).map(Number), palette))
  }
  return null
}

function painted(
  size: number,
  draw: (pen: CanvasRenderingContext2D) => void,
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas')
  canvas.width = size * PIXEL_RATIO
  canvas.height = size * PIXEL_RATIO
  const pen = canvas.getContext('2d')
  if (pen === null) return null
  pen.scale(PIXEL_RATIO, PIXEL_RATIO)
  pen.translate(size / 2, size / 2)
  draw(pen)
  return canvas
}

function drawMark(pen: CanvasRenderingContext2D, kind: Kind, tone: Tone, palette: Palette): void {
  const colour = TONE_COLOURS[tone]
  if (isWorst(tone)) {
    outline(pen, kind, 10.5)
    pen.fillStyle = `${colour}55`
    pen.fill()
  }
  outline(pen, kind, 8)
  pen.fillStyle = palette.halo
  pen.fill()
  outline(pen, kind, isHollow(tone) ? 5.6 : 6.4)
  if (isHollow(tone)) {
    pen.fillStyle = palette.surface
    pen.fill()
    pen.lineWidth = 2
    pen.strokeStyle = colour
    if (tone === 'never' || tone === '-') pen.setLineDash([2.2, 2])
    pen.stroke()
    pen.setLineDash([])
    if (tone === 'P') drawHands(pen, colour)
    return
  }
  pen.fillStyle = colour
  pen.fill()
  drawInside(pen, tone, palette)
}

function isWorst(tone: Tone): boolean {
  return tone === 'fault' || tone === 'N'
}

/** What tells the tones apart without colour: the worst has a cry, what is half well a bar. */
function drawInside(pen: CanvasRenderingContext2D, tone: Tone, palette: Palette): void {
  pen.fillStyle = isWorst(tone) ? '#ffffff' : palette.halo
  if (isWorst(tone)) {
    pen.fillRect(-1, -4, 2, 4.6)
    pen.fillRect(-1, 2, 2, 2)
  }
  if (tone === 'stale' || tone === 'L') pen.fillRect(-3.4, -1, 6.8, 2)
}

/** A clock's hands: what was proven, but too long ago. */
function drawHands(pen: CanvasRenderingContext2D, colour: string): void {
  pen.beginPath()
  pen.moveTo(0, -3)
  pen.lineTo(0, 0)
  pen.lineTo(2.2, 1.2)
  pen.lineWidth = 1.4
  pen.strokeStyle = colour
  pen.stroke()
}

function outline(pen: CanvasRenderingContext2D, kind: Kind, radius: number): void {
  pen.beginPath()
  switch (kind) {
    case 'backpack':
      pen.roundRect(-radius * 0.9, -radius * 0.9, radius * 1.8, radius * 1.8, radius * 0.3)
      break
    case 'clinic':
      polygon(pen, 4, radius * 1.22, 0)
      break
    case 'station':
      polygon(pen, 3, radius * 1.3, radius * 0.22)
      break
    default:
      pen.arc(0, 0, radius, 0, 2 * Math.PI)
  }
}

function polygon(
  pen: CanvasRenderingContext2D,
  corners: number,
  radius: number,
  down: number,
): void {
  for (let corner = 0; corner < corners; corner += 1) {
    const angle = (2 * Math.PI * corner) / corners - Math.PI / 2
    pen.lineTo(radius * Math.cos(angle), down + radius * Math.sin(angle))
  }
  pen.closePath()
}

function drawHeading(pen: CanvasRenderingContext2D, tone: Tone, palette: Palette): void {
  pen.beginPath()
  pen.moveTo(0, -19)
  pen.lineTo(6, -9.5)
  pen.quadraticCurveTo(0, -13, -6, -9.5)
  pen.closePath()
  pen.fillStyle = TONE_COLOURS[tone]
  pen.strokeStyle = palette.halo
  pen.lineWidth = 2
  pen.stroke()
  pen.fill()
}

function drawCluster(
  pen: CanvasRenderingContext2D,
  parts: readonly number[],
  palette: Palette,
): void {
  pen.beginPath()
  pen.arc(0, 0, 17, 0, 2 * Math.PI)
  pen.fillStyle = palette.halo
  pen.fill()
  pen.beginPath()
  pen.arc(0, 0, 12, 0, 2 * Math.PI)
  pen.fillStyle = palette.surface
  pen.fill()
  const whole = parts.reduce((sum, part) => sum + part, 0) || 1
  let from = -Math.PI / 2
  pen.lineWidth = 3.6
  TONES.forEach((tone, index) => {
    const to = from + (2 * Math.PI * (parts[index] ?? 0)) / whole
    if (to > from) {
      pen.beginPath()
      pen.arc(0, 0, 13.8, from, to)
      pen.strokeStyle = TONE_COLOURS[tone]
      pen.stroke()
    }
    from = to
  })
}
