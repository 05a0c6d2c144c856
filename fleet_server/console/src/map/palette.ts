/** The map's colours. A canvas cannot use the page's CSS variables, so they stand here a second time. */

import type { Tone } from './tones'

export type Scheme = 'dark' | 'light'

export interface Palette {
  /** Outside the city. */
  ground: string
  /** The city's districts. */
  land: string
  neighbour: string
  neighbourLine: string
  districtLine: string
  cityLine: string
  water: string
  waterLine: string
  waterLabel: string
  road: string
  label: string
  quietLabel: string
  halo: string
  surface: string
  accent: string
  trail: string
}

export const PALETTES: Record<Scheme, Palette> = {
  dark: {
    ground: '#0a101c',
    land: '#121d30',
    neighbour: '#0e1626',
    neighbourLine: '#1f2c44',
    districtLine: '#2b3c5a',
    cityLine: '#5277b8',
    water: '#17324f',
    waterLine: '#23588f',
    waterLabel: '#6ea6dc',
    road: '#24324a',
    label: '#c3d0e4',
    quietLabel: '#7f8fa9',
    halo: '#0b1220',
    surface: '#111a2b',
    accent: '#3b9eff',
    trail: '#6fb6ff',
  },
  light: {
    ground: '#e3e9f1',
    land: '#fbfcfe',
    neighbour: '#edf1f6',
    neighbourLine: '#cfd8e4',
    districtLine: '#cdd6e3',
    cityLine: '#6d8bbf',
    water: '#cfe2f5',
    waterLine: '#9cc3e8',
    waterLabel: '#2f6ea8',
    road: '#d6dde8',
    label: '#2b3950',
    quietLabel: '#5d6c82',
    halo: '#ffffff',
    surface: '#ffffff',
    accent: '#1769d2',
    trail: '#1769d2',
  },
}

/** The colour of each tone, the same in both schemes: the tokens of `app/tokens.css`. */
export const TONE_COLOURS: Readonly<Record<Tone, string>> = {
  fault: '#f0524f',
  offline: '#7c8aa0',
  stale: '#f2a93b',
  never: '#7c8aa0',
  online: '#2fb574',
  N: '#f0524f',
  U: '#7c8aa0',
  P: '#f2a93b',
  L: '#f2a93b',
  R: '#2fb574',
  '-': '#7c8aa0',
}

export type Ramp = 'traffic' | 'viridis'
export type CoverageMetric = 'rsrp_dbm' | 'snr_db' | 'tcp_rtt_seconds'

export const COVERAGE_METRICS: readonly CoverageMetric[] = ['rsrp_dbm', 'snr_db', 'tcp_rtt_seconds']

/** Five colours a ramp, worst first. */
const COLOURS: Record<Ramp, readonly string[]> = {
  traffic: ['#d7263d', '#f28f3b', '#f2d43b', '#57c785', '#1d9e75'],
  viridis: ['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'],
}

/** Worst first too: a round trip is the worse the longer it is. */
const STOPS: Record<CoverageMetric, readonly number[]> = {
  rsrp_dbm: [-116, -105, -95, -85, -75],
  snr_db: [-3, 3, 9, 15, 21],
  tcp_rtt_seconds: [0.4, 0.2, 0.12, 0.07, 0.03],
}

/** Value and colour of each stop, worst first. */
export function rampStops(metric: CoverageMetric, ramp: Ramp): { at: number; colour: string }[] {
  return STOPS[metric].map((at, index) => ({ at, colour: COLOURS[ramp][index] ?? '#000000' }))
}
