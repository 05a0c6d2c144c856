/** The ways of the last half hour: asked for now and then, and grown by what the stream says. */

import { useEffect, useMemo, useRef, useState } from 'react'
import { $api } from '../api/client'
import { type Glance, useGlances } from '../api/live'
import type { Place } from '../map/datum'
import type { Trail } from '../map/features'

const MINUTES = 30
const ASK_AGAIN_MS = 120_000
/** Lines need not follow every second: the marks do. */
const DRAW_EVERY_MS = 4_000
/** A point so often; the newest place is kept besides. */
const KEEP_EVERY_MS = 10_000

/** The store gives a point every so often; a silence of several of them is a gap. */
const GAP_STEPS = 5
const DEFAULT_STEP_SECONDS = 30

type Point = readonly [longitude: number, latitude: number, at: number]

interface Answer {
  readonly items: readonly {
    readonly asset: string
    readonly points: readonly (readonly number[])[]
  }[]
  readonly every_seconds: number
}

interface Stored {
  readonly points: ReadonlyMap<string, readonly Point[]>
  readonly gapMs: number
}

/** Empty while not wanted. Changes every few seconds, and only when something moved. */
export function useTrails(isWanted: boolean): readonly Trail[] {
  const asked = $api.useQuery(
    'get',
    '/api/v1/trails',
    { params: { query: { minutes: MINUTES } } },
    { enabled: isWanted, refetchInterval: ASK_AGAIN_MS, staleTime: ASK_AGAIN_MS },
  )
  const stored = useMemo(() => storedOf(asked.data), [asked.data])
  const glances = useGlances()
  const since = useRef(new Map<string, Point[]>())
  const [drawnAt, setDrawnAt] = useState(0)

  useEffect(() => {
    if (!isWanted) return
    const hasGrown = grow(since.current, glances)
    if (hasGrown) setDrawnAt((before) => Math.max(before, floorTo(Date.now(), DRAW_EVERY_MS)))
  }, [glances, isWanted])

  // biome-ignore lint/correctness/useExhaustiveDependencies: drawnAt says when the ref is read again
  return useMemo(
    () => (isWanted ? joined(stored, since.current, Date.now()) : []),
    [stored, drawnAt, isWanted],
  )
}

/** Adds each new place to the asset's own points; whether there was one. */
function grow(since: Map<string, Point[]>, glances: ReadonlyMap<string, Glance>): boolean {
  let hasGrown = false
  for (const { id, longitude, latitude, measuredAt } of glances.values()) {
    if (longitude === null || latitude === null || measuredAt === null) continue
    const points = since.get(id) ?? []
    const last = points.at(-1)
    if (last !== undefined && (last[2] >= measuredAt || isSame(last, longitude, latitude))) continue
    const before = points.at(-2)
    if (before !== undefined && measuredAt - before[2] < KEEP_EVERY_MS) points.pop()
    points.push([longitude, latitude, measuredAt])
    since.set(id, points)
    hasGrown = true
  }
  return hasGrown
}

function isSame(last: Point, longitude: number, latitude: number): boolean {
  return Math.abs(last[0] - longitude) < 2e-5 && Math.abs(last[1] - latitude) < 2e-5
}

function storedOf(trails: Answer | undefined): Stored {
  const points = new Map<string, readonly Point[]>()
  for (const { asset, points: known } of trails?.items ?? []) {
    points.set(
      asset,
      known.map(([longitude = 0, latitude = 0, at = 0]) => [longitude, latitude, at]),
    )
  }
  const stepSeconds = trails?.every_seconds ?? DEFAULT_STEP_SECONDS
  return { points, gapMs: GAP_STEPS * 1000 * stepSeconds }
}

/** What the store has, then what came after; nothing older than half an hour. */
function joined(stored: Stored, since: Map<string, Point[]>, now: number): Trail[] {
  const oldest = now - MINUTES * 60_000
  const all = new Map(stored.points)
  for (const [asset, grown] of since) {
    const before = all.get(asset) ?? []
    const storedUntil = before.at(-1)?.[2] ?? 0
    // What the store has by now is not kept a second time.
    const kept = grown.filter((one) => one[2] > storedUntil && one[2] >= oldest)
    since.set(asset, kept)
    all.set(asset, [...before, ...kept])
  }
  return [...all].map(([asset, points]) => ({
    asset,
    pieces: cut(
      points.filter((one) => one[2] >= oldest),
      stored.gapMs,
    ),
  }))
}

/** Pieces without a silence longer than `gapMs`; what was driven unheard is not drawn. */
function cut(points: readonly Point[], gapMs: number): Place[][] {
  const pieces: Place[][] = []
  let lastAt = Number.NEGATIVE_INFINITY
  for (const [longitude, latitude, at] of points) {
    if (at - lastAt > gapMs) pieces.push([])
    pieces.at(-1)?.push([longitude, latitude])
    lastAt = at
  }
  return pieces.filter((piece) => piece.length > 1)
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step
}
