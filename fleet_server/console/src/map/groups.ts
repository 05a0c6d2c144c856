/** Marks that would cover each other, as one group. Pure. */

import type { Mark } from './features'
import { type Point, worldPixelsAt } from './projection'
import { rankOf, TONES } from './tones'

/** A mark and where it lies in the unit square. */
export interface PlacedMark {
  readonly mark: Mark
  readonly at: Point
}

/** One mark, or several so near to each other that one sign stands for all. */
export interface Group {
  readonly at: Point
  readonly members: readonly PlacedMark[]
  /** Of its worst member: 0 is the worst. */
  readonly rank: number
}

/** Neighbours closer than this would cover each other. */
const REACH_PIXELS = 20

/** From here on marks are shown one by one, even where they overlap. */
const ALONE_FROM_ZOOM = 17

/** Groups change in steps, not with every pixel of a zoom. */
export function stepOf(zoom: number): number {
  return Math.floor(zoom * 2) / 2
}

/** The groups at this step, the worst last, which is drawn on top. */
export function grouped(placed: readonly PlacedMark[], step: number): Group[] {
  const found =
    step >= ALONE_FROM_ZOOM
      ? placed.map((one) => groupOf([one]))
      : gathered(placed, REACH_PIXELS / worldPixelsAt(step)).map(groupOf)
  return found.sort((one, other) => other.rank - one.rank)
}

/** The first step after `step` at which the group falls apart; null when it never does. */
export function splitStep(group: Group, step: number): number | null {
  for (let next = step + 0.5; next < ALONE_FROM_ZOOM; next += 0.5) {
    if (gathered(group.members, REACH_PIXELS / worldPixelsAt(next)).length > 1) return next
  }
  return null
}

/** How many members have each tone, in the order of `TONES`. */
export function countTones(group: Group): number[] {
  const counts = TONES.map(() => 0)
  for (const { mark } of group.members) {
    const rank = rankOf(mark.tone)
    counts[rank] = (counts[rank] ?? 0) + 1
  }
  return counts
}

function groupOf(members: readonly PlacedMark[]): Group {
  let x = 0
  let y = 0
  let rank: number = TONES.length
  for (const { mark, at } of members) {
    x += at.x
    y += at.y
    rank = Math.min(rank, rankOf(mark.tone))
  }
  return { at: { x: x / members.length, y: y / members.length }, members, rank }
}

/** Each takes what lies within `reach` of it and belongs to nobody yet. */
function gathered(placed: readonly PlacedMark[], reach: number): PlacedMark[][] {
  const cells = new Map<string, PlacedMark[]>()
  const cellOf = (value: number) => Math.floor(value / reach)
  for (const one of placed) {
    const key = `${cellOf(one.at.x)},${cellOf(one.at.y)}`
    const cell = cells.get(key)
    if (cell === undefined) cells.set(key, [one])
    else cell.push(one)
  }
  const taken = new Set<PlacedMark>()
  const found: PlacedMark[][] = []
  for (const one of placed) {
    if (taken.has(one)) continue
    const members: PlacedMark[] = []
    for (let across = -1; across <= 1; across += 1) {
      for (let down = -1; down <= 1; down += 1) {
        const key = `${cellOf(one.at.x) + across},${cellOf(one.at.y) + down}`
        for (const other of cells.get(key) ?? []) {
          if (taken.has(other) || !isNear(one.at, other.at, reach)) continue
          taken.add(other)
          members.push(other)
        }
      }
    }
    found.push(members)
  }
  return found
}

function isNear(one: Point, other: Point, reach: number): boolean {
  return (one.x - other.x) ** 2 + (one.y - other.y) ** 2 < reach ** 2
}
