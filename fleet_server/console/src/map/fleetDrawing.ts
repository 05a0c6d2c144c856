/** How the fleet is drawn over the map: ways, signs of assets and of groups, names. */

import { LABEL_FONT } from './baseLayers'
import { countTones, type Group, type PlacedMark } from './groups'
import { drawImage, PIXEL_RATIO, RING_PARTS } from './marks'
import { PALETTES, type Palette, type Scheme } from './palette'
import { type Camera, type Point, toScreen } from './projection'

export type Pen = CanvasRenderingContext2D

/** A piece of a way in the unit square; the newest of an asset fades out backwards. */
export interface Way {
  readonly points: readonly Point[]
  readonly isNewest: boolean
}

/** What lies so far outside of the picture shows nothing in it. */
const MARGIN_PIXELS = 40
const COVERED_PIXELS = 6
/** Steps of a way too small to be seen. */
const GRAIN_PIXELS = 1.5
/** From the oldest part of the newest piece to where the asset is. */
const FADES = [0.12, 0.35, 0.65, 1]
const OLDER_FADE = 0.3
/** So many names at most: more cannot be read, and each is tried against all before it. */
const MOST_NAMES = 250
const FONT = LABEL_FONT.map((name) => (/ /.test(name) ? `"${name}"` : name)).join(', ')

export function isSeen(camera: Camera, { x, y }: Point): boolean {
  return (
    x > -MARGIN_PIXELS &&
    y > -MARGIN_PIXELS &&
    x < camera.width + MARGIN_PIXELS &&
    y < camera.height + MARGIN_PIXELS
  )
}

/** All ways, a stroke for each degree of fading. */
export function drawWays(pen: Pen, camera: Camera, ways: readonly Way[], palette: Palette): void {
  const older = new Path2D()
  const newest = FADES.map(() => new Path2D())
  for (const way of ways) {
    const points = coarse(camera, way.points)
    if (!points.some((point) => isSeen(camera, point)) || isCovered(points)) continue
    if (!way.isNewest) trace(older, points, 0, points.length - 1)
    else {
      const parts = newest.length
      const last = points.length - 1
      newest.forEach((path, part) => {
        trace(
          path,
          points,
          Math.floor((last * part) / parts),
          Math.ceil((last * (part + 1)) / parts),
        )
      })
    }
  }
  pen.lineJoin = 'round'
  pen.lineCap = 'butt'
  pen.strokeStyle = palette.trail
  pen.lineWidth = camera.worldPixels > 2 ** 18 ? 3 : 1.8
  const strokes: (readonly [Path2D, number])[] = [
    [older, OLDER_FADE],
    ...newest.map((path, part) => [path, FADES[part] ?? 1] as const),
  ]
  for (const [path, alpha] of strokes) {
    pen.globalAlpha = alpha
    pen.stroke(path)
  }
  pen.globalAlpha = 1
}

/** On the screen, without the points that nobody could tell from the one before. */
function coarse(camera: Camera, points: readonly Point[]): Point[] {
  const kept: Point[] = []
  let last: Point | null = null
  points.forEach((point, at) => {
    const next = toScreen(camera, point)
    const isEnd = at === points.length - 1
    if (last !== null && !isEnd && Math.hypot(next.x - last.x, next.y - last.y) < GRAIN_PIXELS)
      return
    kept.push(next)
    last = next
  })
  return kept
}

/** A way so short that its asset's mark lies over it. */
function isCovered(points: readonly Point[]): boolean {
  const last = points.at(-1)
  const isNear = ({ x, y }: Point) =>
    last !== undefined &&
    Math.abs(x - last.x) < COVERED_PIXELS &&
    Math.abs(y - last.y) < COVERED_PIXELS
  return points.every(isNear)
}

function trace(path: Path2D, points: readonly Point[], from: number, to: number): void {
  for (let at = from; at <= to; at += 1) {
    const point = points[at]
    if (point === undefined) continue
    if (at === from) path.moveTo(point.x, point.y)
    else path.lineTo(point.x, point.y)
  }
}

/** A group's sign: the asset's own mark, or a ring that says how many have which tone. */
export function drawGroup(pen: Pen, at: Point, group: Group, scheme: Scheme): void {
  const [only] = group.members
  if (group.members.length === 1 && only !== undefined) drawAsset(pen, at, only, scheme)
  else drawCluster(pen, at, group, scheme)
}

function drawAsset(pen: Pen, at: Point, { mark }: PlacedMark, scheme: Scheme): void {
  if (mark.heading !== null) {
    pen.save()
    pen.translate(at.x, at.y)
    pen.rotate((mark.heading * Math.PI) / 180)
    stamp(pen, { x: 0, y: 0 }, `heading|${mark.tone}|${scheme}`, 1)
    pen.restore()
  }
  stamp(pen, at, `mark|${mark.kind}|${mark.tone}|${scheme}`, 1)
}

function drawCluster(pen: Pen, at: Point, group: Group, scheme: Scheme): void {
  const count = group.members.length
  // A state that is there at all gets at least one part of the ring.
  const parts = countTones(group).map((one) => Math.ceil((RING_PARTS * one) / count))
  const larger = Math.min(1, Math.log10(count) / 2)
  stamp(pen, at, `cluster|${parts.join('|')}|${scheme}`, 0.7 + 0.55 * larger)
  pen.font = `${Math.round(11 + 2 * larger)}px ${FONT}`
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.fillStyle = PALETTES[scheme].label
  pen.fillText(count < 1000 ? String(count) : `${(count / 1000).toFixed(1)}k`, at.x, at.y + 0.5)
}

function stamp(pen: Pen, at: Point, name: string, scale: number): void {
  const image = drawImage(name)
  if (image === null) return
  const size = (image.width / PIXEL_RATIO) * scale
  pen.drawImage(image, at.x - size / 2, at.y - size / 2, size, size)
}

/** The chosen asset: a ring around it, itself on top of all others, and its name. */
export function drawSelected(pen: Pen, at: Point, placed: PlacedMark, scheme: Scheme): void {
  const palette = PALETTES[scheme]
  pen.beginPath()
  pen.arc(at.x, at.y, 17, 0, 2 * Math.PI)
  pen.globalAlpha = 0.22
  pen.fillStyle = palette.accent
  pen.fill()
  pen.globalAlpha = 1
  pen.lineWidth = 2
  pen.strokeStyle = palette.accent
  pen.stroke()
  drawAsset(pen, at, placed, scheme)
  pen.font = `600 12px ${FONT}`
  write(pen, placed.mark.id, { x: at.x, y: at.y + 27 }, palette)
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** Names beside marks that stand alone, where there is room: the worst are tried first. */
export function drawNames(
  pen: Pen,
  signs: readonly { readonly at: Point; readonly group: Group }[],
  palette: Palette,
): void {
  pen.font = `11px ${FONT}`
  const taken = signs.map(({ at }) => boxAround(at, 18, 18))
  let written = 0
  for (const { at, group } of [...signs].reverse()) {
    const [only] = group.members
    if (group.members.length !== 1 || only === undefined || only.mark.id === '') continue
    const width = pen.measureText(only.mark.id).width
    const room = besides(at, width).find(
      (place) => !taken.some((box) => overlaps(box, boxAround(place, width, 12))),
    )
    if (room === undefined) continue
    taken.push(boxAround(room, width, 12))
    write(pen, only.mark.id, room, palette)
    written += 1
    if (written === MOST_NAMES) return
  }
}

function besides({ x, y }: Point, width: number): Point[] {
  const aside = 12 + width / 2
  return [
    { x, y: y + 17 },
    { x, y: y - 17 },
    { x: x - aside, y },
    { x: x + aside, y },
  ]
}

function boxAround({ x, y }: Point, width: number, height: number): Box {
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }
}

function overlaps(one: Box, other: Box): boolean {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  )
}

function write(pen: Pen, text: string, at: Point, palette: Palette): void {
  pen.textAlign = 'center'
  pen.textBaseline = 'middle'
  pen.lineJoin = 'round'
  pen.lineWidth = 3
  pen.strokeStyle = palette.halo
  pen.strokeText(text, at.x, at.y)
  pen.fillStyle = palette.label
  pen.fillText(text, at.x, at.y)
}
