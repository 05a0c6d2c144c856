/** What the asset table shows, and its place in the URL. */

import { STATES, type State } from '../app/state'
import { TONES, type Tone } from '../readiness/services'

export const KINDS = ['vehicle', 'backpack', 'clinic', 'station'] as const
export type Kind = (typeof KINDS)[number]

export const COLUMNS = [
  'id',
  'kind',
  'plate',
  'name',
  'court',
  'tags',
  'state',
  'ready',
  'seen',
  'rsrp',
  'rtt',
  'version',
  'added',
] as const
export type ColumnId = (typeof COLUMNS)[number]

export const RETIRED = ['exclude', 'only', 'include'] as const
export type Retired = (typeof RETIRED)[number]

/** Empty lists and texts filter nothing. */
export interface View {
  readonly text: string
  readonly kinds: readonly Kind[]
  readonly courts: readonly string[]
  /** At least one of them. */
  readonly tags: readonly string[]
  readonly states: readonly State[]
  readonly retired: Retired
  /** What readiness is shown for; "" is no service. */
  readonly service: string
  /** How ready for that service; empty: any. */
  readonly verdicts: readonly Tone[]
  readonly sort: ColumnId
  readonly descending: boolean
}

export const ALL: View = {
  text: '',
  kinds: [],
  courts: [],
  tags: [],
  states: [],
  retired: 'exclude',
  service: '',
  verdicts: [],
  sort: 'id',
  descending: false,
}

/** The view that a URL asks for; words it does not know are passed over. */
export function viewOf(params: URLSearchParams): View {
  const sort = params.get('sort') ?? ALL.sort
  const column = sort.replace(/^-/, '')
  return {
    text: params.get('q') ?? '',
    kinds: known(params.getAll('kind'), KINDS),
    courts: params.getAll('court'),
    tags: params.getAll('tag'),
    states: known(params.getAll('state'), STATES),
    retired: known([params.get('retired') ?? ''], RETIRED)[0] ?? 'exclude',
    service: params.get('service') ?? '',
    verdicts: known(params.getAll('ready'), TONES),
    sort: known([column], COLUMNS)[0] ?? ALL.sort,
    descending: sort.startsWith('-'),
  }
}

/** The search part of a URL for a view; what is as usual is left out. */
export function paramsOf(view: View): URLSearchParams {
  const params = new URLSearchParams()
  if (view.text) params.set('q', view.text)
  for (const kind of view.kinds) params.append('kind', kind)
  for (const court of view.courts) params.append('court', court)
  for (const tag of view.tags) params.append('tag', tag)
  for (const state of view.states) params.append('state', state)
  if (view.retired !== 'exclude') params.set('retired', view.retired)
  if (view.service) params.set('service', view.service)
  if (view.service) for (const tone of view.verdicts) params.append('ready', tone)
  if (view.sort !== ALL.sort || view.descending) {
    params.set('sort', `${view.descending ? '-' : ''}${view.sort}`)
  }
  return params
}

/** Whether two views show the same, in the same order. */
export function isSame(one: View, other: View): boolean {
  return paramsOf(one).toString() === paramsOf(other).toString()
}

function known<Word extends string>(given: readonly string[], words: readonly Word[]): Word[] {
  return words.filter((word) => given.includes(word))
}
