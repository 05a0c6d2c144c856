/** Lines of the backpack book, asked for page by page and again now and then. */

import { useInfiniteQuery } from '@tanstack/react-query'
import { api, type Schemas } from '../api/client'

export type Entry = Schemas['EntryOut']
export type Counted = Schemas['CountedIO']

const PAGE = 100
/** What is out becomes overdue by itself. */
const ASK_MILLISECONDS = 30_000

interface Wanted {
  readonly onlyOut: boolean
  readonly asset?: string | null
}

export interface Book {
  /** What is out comes with the longest overdue first, all else newest first. */
  readonly entries: readonly Entry[]
  readonly isLoading: boolean
  readonly error: unknown
  readonly refetch: () => void
  /** Asks for the page behind; null when there is none. */
  readonly more: (() => void) | null
}

export function useBook({ onlyOut, asset = null }: Wanted): Book {
  const asked = useInfiniteQuery({
    queryKey: ['backpack-book', onlyOut, asset],
    initialPageParam: undefined as number | undefined,
    refetchInterval: ASK_MILLISECONDS,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        only_out: onlyOut,
        ...(asset !== null && { asset }),
        ...(pageParam !== undefined && { cursor: pageParam }),
      }
      const answer = await api.GET('/api/v1/backpack-book', { params: { query }, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const entries = asked.data?.pages.flatMap((page) => page.items) ?? []
  if (onlyOut) entries.sort((one, other) => one.due_at.localeCompare(other.due_at))
  return {
    entries,
    isLoading: asked.isPending,
    error: asked.error,
    refetch: () => void asked.refetch(),
    more: asked.hasNextPage ? () => void asked.fetchNextPage() : null,
  }
}
