// What the server answers; the Python side is fleet_server/views/self_check.py.
import type { Word } from './words.js'

export type Means =
  | 'camera'
  | 'microphone'
  | 'speaker'
  | 'file'
  | 'print'
  | 'open'
  | 'confirm'
  | 'webrtc'
export type PlannedStep = { name: string; means: Means; label: string; url: string }
export type Verdict = {
  service: string
  label: string
  readiness: string
  word: string
  self_checked: string
  reasons: { sentence: string; remedy: string }[]
}
export type Plan = {
  asset: string
  name: string
  court: string
  steps: PlannedStep[]
  seats: { seat: string; label: string }[]
  verdicts: Verdict[]
  most_bytes: number
}
export type Outcome = 'passed' | 'failed' | 'refused' | 'skipped'
/** What a step came to; `fault` is a word of the server's. */
export type Found = { outcome: Outcome; fault: Fault | '' }
export type Fault = Extract<
  Word,
  | 'not_allowed'
  | 'not_tried'
  | 'not_supported'
  | 'insecure_page'
  | 'old_file'
  | 'not_found'
  | 'not_answering'
  | 'picture_black'
  | 'picture_frozen'
  | 'hung'
  | 'silent'
  | 'paper_out'
  | 'toner_out'
  | 'jammed'
  | 'blocked'
  | 'fault'
>
export type LinkFigures = {
  down_bits_per_second: number
  up_bits_per_second: number
  rtt_seconds: number
}
export type Sums = { passed: number; failed: number; refused: number; skipped: number }
