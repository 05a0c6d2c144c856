/** How times and numbers are written, in the language shown. On screen it is Asia/Shanghai time. */
import { languageNow, say } from '../words'

const ZONE = 'Asia/Shanghai'
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** What stands where nothing is known. */
export const NOTHING = '–'

// sv-SE writes 2026-03-02 08:00:00, which both languages read the same.
const INSTANT = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'medium',
})
const CLOCK = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, timeStyle: 'medium' })
const DATE = new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' })

type Moment = string | number | null | undefined

/** A span of ms with one unit: `12 s`, `3 min`, `5 h`, `2 d`. */
export function age(milliseconds: number): string {
  const span = Math.max(0, milliseconds)
  if (span < MINUTE) return say('age.seconds', { n: Math.floor(span / SECOND) })
  if (span < HOUR) return say('age.minutes', { n: Math.floor(span / MINUTE) })
  if (span < 2 * DAY) return say('age.hours', { n: Math.floor(span / HOUR) })
  return say('age.days', { n: Math.floor(span / DAY) })
}

/** `2026-03-02 08:00:00` of an ISO text or ms since 1970. */
export function instant(moment: Moment): string {
  return written(INSTANT, moment)
}

/** `08:00:00` */
export function clock(moment: Moment): string {
  return written(CLOCK, moment)
}

/** `2026-03-02` */
export function date(moment: Moment): string {
  return written(DATE, moment)
}

function written(format: Intl.DateTimeFormat, moment: Moment): string {
  return moment === null || moment === undefined ? NOTHING : format.format(new Date(moment))
}

/** A number with its unit and at most `digits` decimals: `12.5 V`. */
export function number(value: number | null | undefined, unit = '', digits = 1): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING
  const text = new Intl.NumberFormat(languageNow(), { maximumFractionDigits: digits }).format(value)
  return unit === '' ? text : `${text} ${unit}`
}

/** Bits per second in the unit that fits: `8.9 Mbit/s`. */
export function bitsPerSecond(value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING
  if (value >= 1e9) return number(value / 1e9, 'Gbit/s')
  if (value >= 1e6) return number(value / 1e6, 'Mbit/s')
  if (value >= 1e3) return number(value / 1e3, 'kbit/s', 0)
  return number(value, 'bit/s', 0)
}

/** Degrees WGS-84, longitude first: `106.75560, 29.35890`. */
export function position(longitude: number | null, latitude: number | null): string {
  if (longitude === null || latitude === null) return NOTHING
  return `${longitude.toFixed(5)}, ${latitude.toFixed(5)}`
}
