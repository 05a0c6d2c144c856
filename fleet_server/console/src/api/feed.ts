/**
 * Where glances come from: the stream, else polling; one tab asks for all tabs of this browser.
 *
 * The tab that holds the lock leads: it follows the stream and passes on what it hears over a
 * channel. When it closes, the next one gets the lock and resumes behind the last event. Where a
 * browser has no locks (plain HTTP on another host), every tab leads itself.
 */
import { tellSignedOut } from './client'
import { follow, Refused, type ServerEvent } from './events'
import { decodeGlance, type Glance, type GlanceArray } from './glance'

export type LampState = 'live' | 'polling' | 'offline'

export interface Changed {
  readonly id: number
  readonly what: string
  readonly subject: string
}

const NAME = 'courtfleet.live'
/** Something may have changed while nobody listened, and there is no number to resume behind. */
const RESUMED: Changed = { id: 0, what: 'resumed', subject: 'fleet' }
/** The server says something at least every 10 s. */
const QUIET_MILLISECONDS = 15_000
export const POLL_SECONDS = 5
const SLOWEST_RETRY_MILLISECONDS = 15_000

type Told =
  | { kind: 'glances'; glances: readonly GlanceArray[]; isAll: boolean }
  | { kind: 'changed'; changed: Changed }
  | { kind: 'lamp'; state: LampState; heardAt: number }
  | { kind: 'hello' }

export interface FeedListener {
  readonly onGlances: (glances: readonly Glance[], isAll: boolean) => void
  readonly onChanged: (changed: Changed) => void
  readonly onLamp: (state: LampState, heardAt: number) => void
}

/** Starts to listen; returns how to stop. */
export function startFeed(listener: FeedListener): () => void {
  const stop = new AbortController()
  const feed = new Feed(listener, stop.signal)
  feed.start()
  return () => stop.abort()
}

class Feed {
  private readonly listener: FeedListener
  private readonly signal: AbortSignal
  private readonly channel = new BroadcastChannel(NAME)
  private readonly latest = new Map<string, GlanceArray>()
  private state: LampState = 'polling'
  private heardAt = Date.now()
  private lastId = ''
  private isLeading = false

  constructor(listener: FeedListener, signal: AbortSignal) {
    this.listener = listener
    this.signal = signal
  }

  start(): void {
    this.channel.onmessage = (message: MessageEvent<Told>) => this.hear(message.data)
    this.signal.addEventListener('abort', () => this.channel.close())
    this.channel.postMessage({ kind: 'hello' } satisfies Told)
    if (navigator.locks === undefined) {
      void this.lead()
      return
    }
    // Refused only by the signal: then nobody listens any more.
    navigator.locks.request(NAME, { signal: this.signal }, () => this.lead()).catch(() => {})
  }

  /** Follows until told to stop; while the stream is down, asks now and then. */
  private async lead(): Promise<void> {
    this.isLeading = true
    let failures = 0
    let wasLive = false
    while (!this.signal.aborted) {
      const startedAt = Date.now()
      let isOpen = false
      const onHeard = () => {
        if (!isOpen && wasLive && this.lastId === '')
          this.pass({ kind: 'changed', changed: RESUMED })
        isOpen = true
        wasLive = true
        this.setLamp('live')
      }
      try {
        await follow('/api/v1/stream', this.lastId, QUIET_MILLISECONDS, this.signal, {
          told: (event) => this.onEvent(event),
          heard: onHeard,
        })
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return tellSignedOut()
      }
      if (this.signal.aborted) return
      failures = Date.now() - startedAt > QUIET_MILLISECONDS * 2 ? 1 : failures + 1
      await this.pollFor(Math.min(1000 * 2 ** failures, SLOWEST_RETRY_MILLISECONDS))
    }
  }

  private async pollFor(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds * (0.75 + Math.random() / 2)
    do {
      await this.poll()
      await sleep(Math.min(POLL_SECONDS * 1000, Math.max(until - Date.now(), 200)), this.signal)
    } while (Date.now() < until && !this.signal.aborted)
  }

  private async poll(): Promise<void> {
    try {
      const signal = AbortSignal.any([this.signal, AbortSignal.timeout(POLL_SECONDS * 1000)])
      const answer = await fetch('/api/v1/glances', { signal, cache: 'no-store' })
      if (!answer.ok) return this.setLamp('offline')
      const { items }: { items: GlanceArray[] } = await answer.json()
      this.setLamp('polling')
      this.pass({ kind: 'glances', glances: items, isAll: true })
    } catch {
      if (!this.signal.aborted) this.setLamp('offline')
    }
  }

  private onEvent(event: ServerEvent): void {
    if (event.name === 'assets') {
      this.pass({ kind: 'glances', glances: JSON.parse(event.data), isAll: false })
    } else if (event.name === 'changed') {
      this.pass({ kind: 'changed', changed: JSON.parse(event.data) })
    }
  }

  private setLamp(state: LampState): void {
    const heardAt = state === 'offline' ? this.heardAt : Date.now()
    this.pass({ kind: 'lamp', state, heardAt })
  }

  /** Tells this tab and the others. */
  private pass(told: Told): void {
    if (this.signal.aborted) return
    this.hear(told)
    this.channel.postMessage(told)
  }

  private hear(told: Told): void {
    if (told.kind === 'hello') {
      this.welcome()
    } else if (told.kind === 'glances') {
      for (const glance of told.glances) this.latest.set(glance[0], glance)
      this.listener.onGlances(told.glances.map(decodeGlance), told.isAll)
    } else if (told.kind === 'changed') {
      if (told.changed.id > 0) this.lastId = String(told.changed.id)
      if (told.changed.what === 'asset_gone') this.latest.delete(assetOf(told.changed))
      this.listener.onChanged(told.changed)
    } else {
      this.state = told.state
      this.heardAt = told.heardAt
      this.listener.onLamp(told.state, told.heardAt)
    }
  }

  /** A tab opened: it needs everything at once, the stream tells only what changes. */
  private welcome(): void {
    if (!this.isLeading || this.latest.size === 0) return
    const glances = [...this.latest.values()]
    this.channel.postMessage({ kind: 'glances', glances, isAll: true } satisfies Told)
    const lamp: Told = { kind: 'lamp', state: this.state, heardAt: this.heardAt }
    this.channel.postMessage(lamp)
  }
}

/** The asset that a change is about. */
export function assetOf(changed: Changed): string {
  return changed.subject.replace(/^asset:/, '')
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
