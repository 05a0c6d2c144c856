/** How one value of the catalogue is written. */

import { bitsPerSecond, instant, NOTHING, number } from '../app/format'
import type { Metric } from '../chart/metrics'
import { say } from '../words'

export type Value = boolean | number | string

const SECONDS_FROM = 10
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** With its unit, in the language shown. */
export function shownValue(metric: Metric, value: Value | undefined): string {
  if (value === undefined) return NOTHING
  if (typeof value === 'boolean') return say(value ? 'assets.yes' : 'assets.no')
  if (typeof value === 'string') return value
  if (metric.key.endsWith('_unix_seconds')) return instant(value * 1000)
  switch (metric.unit) {
    case 's':
      return value < SECONDS_FROM ? number(value * 1000, 'ms') : number(value, 's')
    case 'bit/s':
      return bitsPerSecond(value)
    case 'm/s':
      return number(value * 3.6, 'km/h')
    case 'B':
      return bytes(value)
    case '°':
      return number(value, '°', 5)
    default:
      return number(value, metric.unit)
  }
}

/** Bytes in the unit that fits. */
export function bytes(value: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return number(value / 1024 ** step, BYTE_UNITS[step])
}
