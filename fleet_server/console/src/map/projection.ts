/** Web Mercator on a map that is never turned: degrees, the unit square, pixels of the screen. */

import type { Place } from './datum'

export interface Point {
  readonly x: number
  readonly y: number
}

/** What the map shows now. */
export interface Camera {
  /** In the unit square, which is the whole world. */
  readonly middle: Point
  /** How wide the whole world would be. */
  readonly worldPixels: number
  readonly width: number
  readonly height: number
}

/** MapLibre's zoom 0 shows the world in so many pixels. */
const WORLD_PIXELS = 512

export function worldPixelsAt(zoom: number): number {
  return WORLD_PIXELS * 2 ** zoom
}

/** Where a place lies in the unit square; south is down. */
export function toWorld([longitude, latitude]: Place): Point {
  const sine = Math.sin((latitude * Math.PI) / 180)
  return {
    x: longitude / 360 + 0.5,
    y: 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI),
  }
}

/** Longitude and latitude of a point of the unit square. */
export function fromWorld({ x, y }: Point): [number, number] {
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI
  return [(x - 0.5) * 360, latitude]
}

/** Pixels from the picture's top left corner. */
export function toScreen(camera: Camera, { x, y }: Point): Point {
  return {
    x: (x - camera.middle.x) * camera.worldPixels + camera.width / 2,
    y: (y - camera.middle.y) * camera.worldPixels + camera.height / 2,
  }
}
