/** The ledger by day, asked for page by page. */

import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import type { LedgerDay } from './sums'

/** Days as 2026-03-02, both included, in Asia/Shanghai. Empty asset or court: all. */
export interface Asked {
  readonly since: string
  readonly until: string
  readonly asset: string
  readonly court: string
}

const PAGE = 20_000
const ASK_MILLISECONDS = 15_000

export function useLedger(asked: Asked) {
  return useQuery({
    queryKey: ['ledger', asked],
    queryFn: ({ signal }) => fetchDays(asked, signal),
    refetchInterval: ASK_MILLISECONDS,
    placeholderData: (before) => before,
  })
}

async function fetchDays(asked: Asked, signal: AbortSignal): Promise<LedgerDay[]> {
  const found: LedgerDay[] = []
  let cursor: number | null = 0
  while (cursor !== null) {
    const query: { [name: string]: string | number } = { ...wanted(asked), cursor, limit: PAGE }
    const answer = await api.GET('/api/v1/ledger', { params: { query }, signal })
    if (answer.data === undefined) throw answer.error
    found.push(...answer.data.items)
    cursor = answer.data.next
  }
  return found
}

/** The parts of the question that say something. */
export function wanted(asked: Asked): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''))
}
