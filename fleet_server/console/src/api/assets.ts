/** All assets of the caller's courts, asked for page by page and again after a change. */
import { useQuery } from '@tanstack/react-query'
import { api, type Schemas } from './client'

export type Asset = Schemas['AssetOut']

const PAGE = 1000
const NO_ASSETS: ReadonlyMap<string, Asset> = new Map()

export interface Assets {
  /** By id; empty until the first answer. */
  readonly assets: ReadonlyMap<string, Asset>
  readonly isLoading: boolean
  readonly error: unknown
  readonly refetch: () => void
}

/** The registered assets that are not retired, in order of id. What moves is in `useGlances`. */
export function useAssets(): Assets {
  const asked = useQuery({ queryKey: ['assets', 'all'], queryFn: fetchAll, staleTime: 60_000 })
  return {
    assets: asked.data ?? NO_ASSETS,
    isLoading: asked.isPending,
    error: asked.error,
    refetch: () => void asked.refetch(),
  }
}

async function fetchAll({ signal }: { signal: AbortSignal }): Promise<ReadonlyMap<string, Asset>> {
  const found = new Map<string, Asset>()
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: { limit: number; cursor: string } = { limit: PAGE, cursor }
    const answer = await api.GET('/api/v1/assets', { params: { query }, signal })
    if (answer.data === undefined) throw answer.error
    for (const asset of answer.data.items) found.set(asset.id, asset)
    cursor = answer.data.next
  }
  return found
}
