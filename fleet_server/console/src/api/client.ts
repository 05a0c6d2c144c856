/**
 * The typed client of the server's API.
 *
 * `schema.d.ts` is generated: after a change of the server's routes run `npm run schema` (never edit
 * it). `$api.useQuery('get', '/api/v1/assets/{asset}', { params: { path: { asset } } })` asks and
 * keeps; `api.POST(...)` changes. A failed query's error is a `Problem`; `said(error)` is its
 * sentence for people.
 */
import createFetchClient from 'openapi-fetch'
import createQueryClient from 'openapi-react-query'
import { languageNow, say } from '../words'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
export type Problem = Schemas['Problem']

export const api = createFetchClient<paths>({ baseUrl: location.origin })
export const $api = createQueryClient(api)

const onSignedOut = new Set<() => void>()

/** Calls `told` when an answer says that the session is over; returns how to stop it. */
export function whenSignedOut(told: () => void): () => void {
  onSignedOut.add(told)
  return () => onSignedOut.delete(told)
}

/** What the live stream calls too: the session is over. */
export function tellSignedOut(): void {
  for (const told of onSignedOut) told()
}

/** Asks for the language shown, and notices the end of the session; call it once at the start. */
export function startClient(): void {
  api.use({
    onRequest({ request }) {
      request.headers.set('accept-language', languageNow())
      return request
    },
    onResponse({ request, response }) {
      // A wrong password is an answer of `/session`, not the end of one.
      const isSession = new URL(request.url).pathname.startsWith('/api/v1/session')
      if (response.status === 401 && !isSession) tellSignedOut()
    },
  })
}

/** Whether the server answered with a problem of its own. */
export function isProblem(error: unknown): error is Problem {
  return typeof error === 'object' && error !== null && 'code' in error && 'detail' in error
}

/** One sentence for people about what went wrong, in the language shown. */
export function said(error: unknown): string {
  if (isProblem(error)) return error.detail
  if (error instanceof TypeError || error instanceof DOMException) return say('error.network')
  return say('error.unknown')
}
