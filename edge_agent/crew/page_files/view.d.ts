// What the agent answers; the Python side is edge_agent/crew/view.py. Not served.
export type Language = 'zh-CN' | 'en'
export type Titled = { name: string; zh: string; en: string }
export type Told = { reason: string; remedy: string }
export type Found = { state: string; faults: string[]; at: number }
export type DeviceFact = { last?: Found; told?: Found; proven_at?: number }
export type PlatformFact = { state: string; at: number; proven_at?: number }
export type Step = {
  name: string
  is_running: boolean
  outcome: 'passed' | 'failed' | 'skipped' | null
  fault: string
}
export type CheckDone = { who: string; steps: [string, string, string][]; took_seconds: number }
export type View = {
  standing: {
    asset: string
    version: string
    now_ms: number
    clock_trust: string
    link: string
    rtt_seconds: number | null
    waiting_reports: number
    waiting_events: number
    is_writable: boolean
  }
  services: {
    zh: string
    en: string
    verdict: { service: string; readiness: string }
    told: Record<Language, Told[]>
  }[]
  devices: (Titled & { kind: string; is_optional: boolean; fact: DeviceFact | null })[]
  platforms: (Titled & { fact: PlatformFact | null })[]
  items: (Titled & { fact: { is_there: boolean; at: number } | null; good_until: number | null })[]
  people: { id: string; name: string; seats: string[] }[]
  seated: { who: string; seat: string }[]
  link: { link_class: string; is_sure: boolean; at: number } | null
  sitting: { owner: string; who: string; service: string; left_seconds: number } | null
  work: { who: string; why: string } | null
  check: { who: string; took_seconds: number; steps: Step[] } | null
  last_check: { at: number; done: CheckDone } | null
  next_booking: {
    id: string
    service: string
    begins_at: number
    ends_at: number
    place: string
  } | null
}
export type Me = { who: string; token: string }
export type Names = Record<
  'readiness' | 'kinds' | 'states' | 'faults' | 'platforms' | 'seats' | 'links',
  Record<string, { en: string; zh: string }>
>
export type Act = { act: string } & Record<string, unknown>
export type Answer = { status: number; code: string; seconds: number }
/** What every part of the page gets to draw itself. */
export type Scene = { view: View; names: Names; me: Me | null; act: (act: Act) => Promise<boolean> }
