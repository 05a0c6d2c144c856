/** The base map's data and the sources of tiles, for whoever draws a map. */

import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { $api, type Schemas } from '../api/client'
import {
  type BaseData,
  baseToDisplay,
  loadBase,
  makersOf,
  OFFLINE,
  type TileSource,
} from './sources'

/** What the server says of its maps; undefined until it has. */
function useConsole(): Schemas['ConsoleOut'] | undefined {
  return $api.useQuery('get', '/api/v1/console', {}, { staleTime: 300_000 }).data
}

/** The server's list of base maps; the bundled one when it has none. */
export function useSources(): readonly TileSource[] {
  const sources = useConsole()?.sources
  return sources === undefined || sources.length === 0 ? ONLY_OFFLINE : sources
}

const ONLY_OFFLINE = [OFFLINE]

/** The bundled or imported layers, moved for `source`'s datum; null until they are loaded. */
export function useBase(source: TileSource): BaseData | null {
  const said = useConsole()
  const review = said?.review_number ?? ''
  const asked = useQuery({
    queryKey: ['basemap', said?.layers],
    queryFn: () => loadBase(said?.layers ?? []),
    enabled: said !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const base = asked.data
  return useMemo(() => {
    if (base === undefined) return null
    const makers = source.kind === 'offline' ? makersOf(base) : source.attribution
    const written = review === '' ? makers : `${makers} · ${review}`
    return baseToDisplay(base, source.datum, written)
  }, [base, source, review])
}
