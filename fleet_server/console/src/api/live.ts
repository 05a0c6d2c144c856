/** The living fleet for components: `useGlances()` and `useLamp()`. `startLive` runs it. */
import { useEffect, useState, useSyncExternalStore } from 'react'
import { assetOf, type Changed, type LampState, startFeed } from './feed'
import type { Glance } from './glance'

export { POLL_SECONDS } from './feed'
export type { Glance } from './glance'

export interface Lamp {
  readonly state: LampState
  /** Since the server was last heard of. */
  readonly ageSeconds: number
}

interface Heard {
  readonly state: LampState
  readonly heardAt: number
}

const NOBODY: ReadonlyMap<string, Glance> = new Map()
const BEFORE: Heard = { state: 'polling', heardAt: 0 }

let glances = NOBODY
let heard = BEFORE
const watchers = new Set<() => void>()

function tell(): void {
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

/** An asset was retired, or moved to a court that this account does not see. */
function forget(id: string): void {
  const next = new Map(glances)
  next.delete(id)
  glances = next
  tell()
}

/** Follows the fleet until the returned function is called; `onChanged` hears of every change. */
export function startLive(onChanged: (changed: Changed) => void): () => void {
  heard = { state: 'polling', heardAt: Date.now() }
  const stop = startFeed({
    onGlances(changed, isAll) {
      const next = new Map(isAll ? undefined : glances)
      for (const glance of changed) next.set(glance.id, glance)
      glances = next
      tell()
    },
    onLamp(state, heardAt) {
      heard = { state, heardAt }
      tell()
    },
    onChanged(changed) {
      if (changed.what === 'asset_gone') forget(assetOf(changed))
      onChanged(changed)
    },
  })
  return () => {
    stop()
    glances = NOBODY
    heard = BEFORE
    tell()
  }
}

/** Every asset's last glance by id: a new map whenever one changed, at most about once a second. */
export function useGlances(): ReadonlyMap<string, Glance> {
  return useSyncExternalStore(watch, () => glances)
}

/** How the page hears of the fleet; the age counts on while nothing comes. */
export function useLamp(): Lamp {
  const { state, heardAt } = useSyncExternalStore(watch, () => heard)
  const now = useNow(1000)
  return { state, ageSeconds: heardAt === 0 ? 0 : Math.max(0, Math.round((now - heardAt) / 1000)) }
}

/** The clock, looked at every `milliseconds`: for ages on the screen. */
export function useNow(milliseconds: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), milliseconds)
    return () => clearInterval(timer)
  }, [milliseconds])
  return now
}
