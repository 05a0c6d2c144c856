/** For whom a document is: the fleet, a kind of asset, a court, or one asset; and its routes. */

import { api, type Schemas } from '../api/client'

export const NAMES = ['catalogue', 'profile'] as const
export type Name = (typeof NAMES)[number]

export const KINDS = ['vehicle', 'backpack', 'clinic', 'station'] as const
export type Kind = (typeof KINDS)[number]

export type Scope =
  | { readonly of: 'fleet' }
  | { readonly of: 'kind'; readonly kind: Kind }
  | { readonly of: 'court'; readonly court: string }
  | { readonly of: 'asset'; readonly asset: string }

export type Document = Schemas['DocumentOut']
export type Version = Schemas['VersionOut']
export type Versions = Schemas['Versions']
type Sent = Schemas['DocumentIn']

/** As the address writes it: `fleet`, `kind:vehicle`, `court:...`, `asset:veh-001`. */
export function written(scope: Scope): string {
  switch (scope.of) {
    case 'fleet':
      return 'fleet'
    case 'kind':
      return `kind:${scope.kind}`
    case 'court':
      return `court:${scope.court}`
    case 'asset':
      return `asset:${scope.asset}`
  }
}

/** The fleet for what cannot be read. */
export function readScope(text: string): Scope {
  const [of, ...rest] = text.split(':')
  const name = rest.join(':')
  const kind = KINDS.find((one) => one === name)
  if (of === 'kind' && kind !== undefined) return { of, kind }
  if (of === 'court' && name !== '') return { of, court: name }
  if (of === 'asset' && name !== '') return { of, asset: name }
  return { of: 'fleet' }
}

/** Whether a document that comes from `origin` (as the server writes it) was made for this scope. */
export function isOwn(scope: Scope, origin: string): boolean {
  if (scope.of === 'fleet') return origin === ''
  if (scope.of === 'asset') return origin === scope.asset
  return origin === `@${written(scope)}`
}

/** What holds there, or what would. Throws what the server said. */
export async function load(name: Name, scope: Scope): Promise<Document> {
  return taken(await asked(name, scope))
}

/** Makes the next version. Throws what the server said, a conflict among it. */
export async function save(name: Name, scope: Scope, body: Sent): Promise<Document> {
  return taken(await sent(name, scope, body))
}

/** What was made for this very scope, newest first. */
export async function versions(name: Name, scope: Scope, cursor?: number): Promise<Versions> {
  return taken(await listed(name, scope, cursor === undefined ? {} : { cursor }))
}

/** What is wrong with content, or with a TOML text. */
export async function check(
  name: Name,
  body: Schemas['DocumentCheckIn'],
): Promise<Schemas['DocumentCheck']> {
  const params = { path: { name } }
  return taken(await api.POST('/api/v1/documents/{name}/check', { params, body }))
}

/** From which verdict to which it would take these assets. */
export async function preview(
  name: Name,
  content: Sent['content'],
  assets: string[],
): Promise<Schemas['Preview']> {
  const body = { assets, profile: null, catalogue: null, [name]: content }
  return taken(await api.POST('/api/v1/readiness/preview', { body }))
}

function asked(name: Name, scope: Scope) {
  switch (scope.of) {
    case 'court':
      return api.GET('/api/v1/courts/{court}/documents/{name}', {
        params: { path: { court: scope.court, name } },
      })
    case 'asset':
      return api.GET('/api/v1/assets/{asset}/documents/{name}', {
        params: { path: { asset: scope.asset, name } },
      })
    default:
      return api.GET('/api/v1/documents/{name}', {
        params: { path: { name }, query: kindOf(scope) },
      })
  }
}

function sent(name: Name, scope: Scope, body: Sent) {
  switch (scope.of) {
    case 'court':
      return api.PUT('/api/v1/courts/{court}/documents/{name}', {
        params: { path: { court: scope.court, name } },
        body,
      })
    case 'asset':
      return api.PUT('/api/v1/assets/{asset}/documents/{name}', {
        params: { path: { asset: scope.asset, name } },
        body,
      })
    default:
      return api.PUT('/api/v1/documents/{name}', {
        params: { path: { name }, query: kindOf(scope) },
        body,
      })
  }
}

function listed(name: Name, scope: Scope, query: { cursor?: number }) {
  switch (scope.of) {
    case 'court':
      return api.GET('/api/v1/courts/{court}/documents/{name}/versions', {
        params: { path: { court: scope.court, name }, query },
      })
    case 'asset':
      return api.GET('/api/v1/assets/{asset}/documents/{name}/versions', {
        params: { path: { asset: scope.asset, name }, query },
      })
    default:
      return api.GET('/api/v1/documents/{name}/versions', {
        params: { path: { name }, query: { ...query, ...kindOf(scope) } },
      })
  }
}

function kindOf(scope: Scope): { kind?: Kind } {
  return scope.of === 'kind' ? { kind: scope.kind } : {}
}

function taken<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw error
  return data
}
