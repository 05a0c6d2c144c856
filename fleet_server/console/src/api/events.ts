/** Server-sent events read with `fetch`: it can send `Last-Event-ID`, and shows heartbeats. */

export interface ServerEvent {
  readonly name: string
  readonly data: string
  readonly id: string
}

/** Splits the text of a stream into events, however it is cut into pieces. */
export function makeParser(told: (event: ServerEvent) => void): (piece: string) => void {
  let rest = ''
  let id = ''
  return (piece) => {
    rest += piece
    let end = rest.indexOf('\n\n')
    while (end !== -1) {
      const event = parseBlock(rest.slice(0, end), id)
      rest = rest.slice(end + 2)
      end = rest.indexOf('\n\n')
      id = event.id
      if (event.data !== '') told(event)
    }
  }
}

function parseBlock(block: string, lastId: string): ServerEvent {
  let name = 'message'
  let id = lastId
  const data: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue // a comment, or a field without a value
    const value = line.slice(colon + 1).replace(/^ /, '')
    if (line.startsWith('event:')) name = value
    else if (line.startsWith('data:')) data.push(value)
    else if (line.startsWith('id:')) id = value
  }
  return { name, data: data.join('\n'), id }
}

/** The server answered, and not with a stream. */
export class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(`the stream was refused: ${status}`)
    this.status = status
  }
}

interface Listener {
  readonly told: (event: ServerEvent) => void
  /** Called for every piece that arrives, heartbeats too. */
  readonly heard: () => void
}

/** Follows `url` until it ends, `signal` says stop, or nothing came for `quietMilliseconds`. */
export async function follow(
  url: string,
  lastId: string,
  quietMilliseconds: number,
  signal: AbortSignal,
  listener: Listener,
): Promise<void> {
  const silence = new AbortController()
  let alarm = setTimeout(() => silence.abort(), quietMilliseconds)
  try {
    const headers = new Headers({ accept: 'text/event-stream' })
    if (lastId !== '') headers.set('last-event-id', lastId)
    const either = AbortSignal.any([signal, silence.signal])
    const answer = await fetch(url, { headers, signal: either, cache: 'no-store' })
    if (!answer.ok || answer.body === null) throw new Refused(answer.status)
    const parse = makeParser(listener.told)
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      clearTimeout(alarm)
      alarm = setTimeout(() => silence.abort(), quietMilliseconds)
      listener.heard()
      parse(value)
    }
  } finally {
    clearTimeout(alarm)
  }
}
