/** From what the store answers to what is drawn: columns, a readable unit, and the summary in words. */

import type { Schemas } from '../api/client'
import { number } from '../app/format'

export type History = Schemas['HistoryOut']

/** Columns as uPlot wants them: seconds since 1970, then mean, lowest and highest; null is a gap. */
export interface Columns {
  at: number[]
  value: (number | null)[]
  lowest: (number | null)[]
  highest: (number | null)[]
}

export interface Scale {
  unit: string
  factor: number
  digits: number
}

/** Units that people read, for those that the catalogue stores. */
const SCALES: Readonly<Record<string, Scale>> = {
  s: { unit: 'ms', factor: 1000, digits: 0 },
  'bit/s': { unit: 'Mbit/s', factor: 1e-6, digits: 1 },
  'm/s': { unit: 'km/h', factor: 3.6, digits: 0 },
  B: { unit: 'MiB', factor: 1 / 2 ** 20, digits: 0 },
}

export function scaleOf(unit: string): Scale {
  return SCALES[unit] ?? { unit, factor: 1, digits: 1 }
}

/** Whether the metric can be drawn as a line: texts cannot. */
export function isDrawable(kind: string): boolean {
  return kind !== 'text'
}

/** A bucket stands in its middle. Counters and flags have no mean: their last value is drawn. */
export function toColumns(history: History, kind: string, scale: Scale): Columns {
  const since = Date.parse(history.since) / 1000
  const width = (Date.parse(history.until) / 1000 - since) / history.points.length
  const usesLast = kind === 'counter' || kind === 'flag'
  const scaled = (value: number | null) => (value === null ? null : value * scale.factor)
  return {
    at: history.points.map((_, index) => since + width * (index + 0.5)),
    value: history.points.map((one) => scaled(usesLast ? asNumber(one.last) : one.mean)),
    lowest: history.points.map((one) => scaled(usesLast ? asNumber(one.last) : one.lowest)),
    highest: history.points.map((one) => scaled(usesLast ? asNumber(one.last) : one.highest)),
  }
}

function asNumber(value: string | number | boolean | null): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'number' ? value : null
}

export interface Summary {
  lowest: string
  highest: string
  last: string
  /** Seconds since 1970 of the bucket that `last` is from. */
  lastAt: number
  /** Buckets without a reading between the first and the last that has one. */
  gaps: number
}

/** Null when there is no reading at all. */
export function summarise(columns: Columns, scale: Scale): Summary | null {
  const filled = columns.value.flatMap((value, index) => (value === null ? [] : [index]))
  const first = filled[0]
  const last = filled.at(-1)
  if (first === undefined || last === undefined) return null
  const say = (value: number | null | undefined) => number(value ?? null, scale.unit, scale.digits)
  return {
    lowest: say(Math.min(...columns.lowest.filter((one) => one !== null))),
    highest: say(Math.max(...columns.highest.filter((one) => one !== null))),
    last: say(columns.value[last]),
    lastAt: columns.at[last] ?? 0,
    gaps: last - first + 1 - filled.length,
  }
}

/** Equal buckets, wide enough that an asset that reports twice a minute leaves no false gap. */
export function bucketsFor(sinceMs: number, untilMs: number): number {
  const minutes = (untilMs - sinceMs) / 60_000
  return Math.round(Math.min(288, Math.max(12, minutes <= 90 ? minutes : minutes / 3)))
}
