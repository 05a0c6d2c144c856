/** Named views of the asset table, kept in this browser for one account. */

import { useCallback, useState } from 'react'
import { ALL, paramsOf, type View, viewOf } from './view'

export interface SavedView {
  readonly name: string
  readonly view: View
}

export const BUILT_IN = {
  all: ALL,
  offline: { ...ALL, states: ['offline'], sort: 'seen' },
  never: { ...ALL, states: ['never'], sort: 'added' },
  retired: { ...ALL, retired: 'only' },
} as const satisfies Record<string, View>

interface SavedViews {
  readonly saved: readonly SavedView[]
  readonly save: (name: string, view: View) => void
  readonly remove: (name: string) => void
}

/** The account's own views; saving under a name that exists replaces it. */
export function useSavedViews(account: string): SavedViews {
  const place = `courtfleet.views.${account}`
  const [saved, setSaved] = useState<readonly SavedView[]>(() => read(place))
  const keep = useCallback(
    (next: readonly SavedView[]) => {
      write(place, next)
      setSaved(next)
    },
    [place],
  )
  const save = useCallback(
    (name: string, view: View) => {
      keep([...saved.filter((one) => one.name !== name), { name, view }])
    },
    [keep, saved],
  )
  const remove = useCallback(
    (name: string) => {
      keep(saved.filter((one) => one.name !== name))
    },
    [keep, saved],
  )
  return { saved, save, remove }
}

/** Views are kept as name and search part of the URL: a URL of last year still reads. */
function read(place: string): SavedView[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return []
    return Object.entries(kept).map(([name, search]) => ({
      name,
      view: viewOf(new URLSearchParams(String(search))),
    }))
  } catch {
    return [] // somebody else wrote there, or the browser keeps nothing
  }
}

function write(place: string, views: readonly SavedView[]): void {
  const kept = Object.fromEntries(views.map((one) => [one.name, paramsOf(one.view).toString()]))
  try {
    localStorage.setItem(place, JSON.stringify(kept))
  } catch {
    // The browser keeps nothing: the view lives as long as the page.
  }
}
