/** The assets a view asks for: those in service, those retired, or both. */

import { useQuery } from '@tanstack/react-query'
import { type Asset, type Assets, useAssets } from '../api/assets'
import { api } from '../api/client'
import type { Retired } from './view'

const PAGE = 1000

export function useEverything(retired: Retired): Assets {
  const serving = useAssets()
  const wanted = retired !== 'exclude'
  const gone = useQuery({
    queryKey: ['assets', 'retired'],
    queryFn: fetchRetired,
    enabled: wanted,
  })
  if (!wanted) return serving
  const retiredOnes = gone.data ?? new Map<string, Asset>()
  return {
    assets: retired === 'only' ? retiredOnes : new Map([...serving.assets, ...retiredOnes]),
    isLoading: gone.isPending || (retired === 'include' && serving.isLoading),
    error: gone.error ?? (retired === 'include' ? serving.error : null),
    refetch: () => {
      serving.refetch()
      void gone.refetch()
    },
  }
}

async function fetchRetired({ signal }: { signal: AbortSignal }): Promise<Map<string, Asset>> {
  const found = new Map<string, Asset>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: { limit: number; cursor: string; retired: 'only' } = {
      limit: PAGE,
      cursor,
      retired: 'only',
    }
    const answer = await api.GET('/api/v1/assets', { params: { query }, signal })
    if (answer.data === undefined) throw answer.error
    for (const asset of answer.data.items) found.set(asset.id, asset)
    cursor = answer.data.next
  }
  return found
}
