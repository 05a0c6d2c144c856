/**
 * The fleet on two canvases of its own above the map: ways below, assets above.
 *
 * Assets move once a second and the ground does not. Were they a layer of the map, each second
 * would lay out and paint the whole ground again, which on an office computer without a graphics
 * card takes longer than a second. Here a change costs a few milliseconds, and the map paints only
 * when it is moved.
 */

import type { Map as MapLibre } from 'maplibre-gl'
import { toDisplay } from './datum'
import type { Mark, Trail } from './features'
import { drawGroup, drawNames, drawSelected, drawWays, isSeen, type Way } from './fleetDrawing'
import { type Group, grouped, type PlacedMark, splitStep, stepOf } from './groups'
import { PALETTES } from './palette'
import { type Camera, type Point, toScreen, toWorld, worldPixelsAt } from './projection'
import type { Looks } from './style'

/** Zoom from which each asset has its id beside it. */
const NAMES_FROM = 9.5
/** A finer picture than this nobody sees. */
const MOST_PIXELS_A_PIXEL = 2
const NO_WAYS: readonly Way[] = []

interface Sign {
  readonly at: Point
  readonly group: Group
}

export class FleetCanvas {
  private readonly map: MapLibre
  private readonly waysSheet = new Sheet(true)
  private readonly sheet = new Sheet(false)
  private looks: Looks
  private marks: readonly Mark[] = []
  private trails: readonly Trail[] = []
  private selected: string | null = null
  private placed: readonly PlacedMark[] = []
  private ways: readonly Way[] = []
  private groups: readonly Group[] = []
  /** At which step of the zoom the groups were made; NaN: they are to be made again. */
  private groupsStep = Number.NaN
  private frame = 0
  /** What the ways were last drawn for. */
  private waysDrawn: readonly unknown[] = []

  /** Lies above the map's own canvas, and lets the pointer through. */
  constructor(map: MapLibre, looks: Looks) {
    this.map = map
    this.looks = looks
    map.getCanvasContainer().append(this.waysSheet.canvas, this.sheet.canvas)
    // In the same frame as the ground, so that the fleet does not lag behind a moved map.
    map.on('render', () => this.draw())
  }

  setLooks(looks: Looks): void {
    const isMoved = looks.source.datum !== this.looks.source.datum
    this.looks = looks
    if (isMoved) {
      this.setMarks(this.marks)
      this.setTrails(this.trails)
    }
    this.drawSoon()
  }

  setMarks(marks: readonly Mark[]): void {
    const { datum } = this.looks.source
    this.marks = marks
    this.placed = marks.map((mark) => ({ mark, at: toWorld(toDisplay(datum, mark.place)) }))
    this.groupsStep = Number.NaN
    this.drawSoon()
  }

  setTrails(trails: readonly Trail[]): void {
    const { datum } = this.looks.source
    this.trails = trails
    this.ways = trails.flatMap(({ pieces }) =>
      pieces.map((piece, at) => ({
        points: piece.map((place) => toWorld(toDisplay(datum, place))),
        isNewest: at === pieces.length - 1,
      })),
    )
    this.drawSoon()
  }

  setSelected(asset: string | null): void {
    this.selected = asset
    this.drawSoon()
  }

  /** Assets and groups within `reach` pixels of a point, the uppermost first. */
  under({ x, y }: Point, reach: number): Group[] {
    // Not what was drawn last: a slow machine may be behind with that.
    const near = this.signsIn(this.camera()).filter(({ at, group }) => {
      const size = group.members.length === 1 ? reach : reach + 8
      return Math.abs(at.x - x) <= size && Math.abs(at.y - y) <= size
    })
    return near.map(({ group }) => group).reverse()
  }

  /** The zoom at which this group falls apart; null when it never does. */
  splitZoom(group: Group): number | null {
    return splitStep(group, stepOf(this.map.getZoom()))
  }

  destroy(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.waysSheet.canvas.remove()
    this.sheet.canvas.remove()
  }

  /** With the page's next frame: what changes several times before it is drawn once. */
  private drawSoon(): void {
    if (this.frame !== 0) return
    this.frame = requestAnimationFrame(() => this.draw())
  }

  private draw(): void {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    const { looks } = this
    const camera = this.camera()
    this.drawWaysAnew(camera)
    const pen = this.sheet.clear(camera)
    if (pen === null || !looks.shown.assets) return
    const signs = this.signsIn(camera)
    for (const { at, group } of signs) drawGroup(pen, at, group, looks.scheme)
    if (this.map.getZoom() >= NAMES_FROM) drawNames(pen, signs, PALETTES[looks.scheme])
    const chosen = this.placed.find(({ mark }) => mark.id === this.selected)
    if (chosen !== undefined) {
      drawSelected(pen, toScreen(camera, chosen.at), chosen, looks.scheme)
    }
  }

  /** Thousands of strokes: only when they, or what the map shows, have changed. */
  private drawWaysAnew(camera: Camera): void {
    const { shown, scheme } = this.looks
    const ways = shown.trails ? this.ways : NO_WAYS
    const { middle, worldPixels, width, height } = camera
    const wanted = [ways, scheme, middle.x, middle.y, worldPixels, width, height]
    if (wanted.every((one, at) => one === this.waysDrawn[at])) return
    this.waysDrawn = wanted
    const pen = this.waysSheet.clear(camera)
    if (pen !== null) drawWays(pen, camera, ways, PALETTES[scheme])
  }

  private camera(): Camera {
    const { clientWidth: width, clientHeight: height } = this.map.getContainer()
    const { lng, lat } = this.map.getCenter()
    const worldPixels = worldPixelsAt(this.map.getZoom())
    return { middle: toWorld([lng, lat]), worldPixels, width, height }
  }

  private signsIn(camera: Camera): Sign[] {
    if (!this.looks.shown.assets) return []
    const step = stepOf(this.map.getZoom())
    if (step !== this.groupsStep) {
      this.groups = grouped(this.placed, step)
      this.groupsStep = step
    }
    return this.groups
      .map((group) => ({ group, at: toScreen(camera, group.at) }))
      .filter(({ at }) => isSeen(camera, at))
  }
}

/** A canvas as large as the map, that lets the pointer through. */
class Sheet {
  readonly canvas = document.createElement('canvas')
  private readonly pen: CanvasRenderingContext2D | null

  /** With many thin strokes the processor is quicker than most graphics cards. */
  constructor(hasManyStrokes: boolean) {
    this.pen = this.canvas.getContext('2d', { willReadFrequently: hasManyStrokes })
    this.canvas.className = 'cf-fleet-canvas'
    this.canvas.setAttribute('aria-hidden', 'true')
  }

  /** Empty, and of the camera's size. */
  clear({ width, height }: Camera): CanvasRenderingContext2D | null {
    const finer = Math.min(MOST_PIXELS_A_PIXEL, devicePixelRatio)
    const across = Math.round(width * finer)
    const down = Math.round(height * finer)
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across
      this.canvas.height = down
      this.canvas.style.width = `${width}px`
      this.canvas.style.height = `${height}px`
    }
    this.pen?.setTransform(finer, 0, 0, finer, 0, 0)
    this.pen?.clearRect(0, 0, width, height)
    return this.pen
  }
}
