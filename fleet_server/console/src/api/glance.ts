/** What the stream says of one asset, decoded from its array. */

export type Presence = 'online' | 'stale' | 'offline'
export type Absence = 'none' | 'will' | 'silence' | 'never'
type Known = 'A' | 'B' | 'C' | 'D' | 'none'
/** As the asset says it: `?` where a measure is not known, empty where there is no class. */
export type LinkClass = Known | `${Known}?` | ''

/** One asset now. Instants are ms since 1970, positions WGS-84 degrees; null is "not known". */
export interface Glance {
  readonly id: string
  readonly presence: Presence
  readonly absence: Absence
  readonly seenAt: number | null
  readonly measuredAt: number | null
  readonly longitude: number | null
  readonly latitude: number | null
  readonly speedMps: number | null
  readonly heading: number | null
  readonly rsrpDbm: number | null
  readonly sinrDb: number | null
  readonly rttSeconds: number | null
  readonly uplinkBitsPerSecond: number | null
  readonly linkClass: LinkClass
  readonly clockFault: boolean
  readonly forked: boolean
  readonly inSitting: boolean
  /** Its backlog is draining: what arrives now is late. */
  readonly late: boolean
  /** A letter a service, in the order of the fleet's catalogue; empty until it was judged. */
  readonly readiness: string
}

type Maybe = number | null

/** A glance on the wire; the order is the server's `stream`. */
export type GlanceArray = readonly [
  id: string,
  presence: Presence,
  absence: Absence,
  seenAtMs: Maybe,
  measuredAtMs: Maybe,
  longitude: Maybe,
  latitude: Maybe,
  speedMps: Maybe,
  heading: Maybe,
  rsrpDbm: Maybe,
  sinrDb: Maybe,
  rttSeconds: Maybe,
  uplinkBitsPerSecond: Maybe,
  linkClass: LinkClass,
  flags: number,
  readiness: string,
]

const CLOCK_FAULT = 1
const FORKED = 2
const IN_SITTING = 4
const LATE = 8

export function decodeGlance(wire: GlanceArray): Glance {
  const flags = wire[14]
  return {
    id: wire[0],
    presence: wire[1],
    absence: wire[2],
    seenAt: wire[3],
    measuredAt: wire[4],
    longitude: wire[5],
    latitude: wire[6],
    speedMps: wire[7],
    heading: wire[8],
    rsrpDbm: wire[9],
    sinrDb: wire[10],
    rttSeconds: wire[11],
    uplinkBitsPerSecond: wire[12],
    linkClass: wire[13],
    clockFault: (flags & CLOCK_FAULT) !== 0,
    forked: (flags & FORKED) !== 0,
    inSitting: (flags & IN_SITTING) !== 0,
    late: (flags & LATE) !== 0,
    readiness: wire[15],
  }
}
