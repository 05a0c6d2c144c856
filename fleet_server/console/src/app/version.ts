import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { useSession } from './session'

const EVERY_MILLISECONDS = 60_000

/** The server's version when it is no longer the one this page came from, else null. */
export function useNewVersion(): string | null {
  const { console } = useSession()
  const asked = useQuery({
    queryKey: ['console', 'version'],
    queryFn: async () => (await api.GET('/api/v1/console')).data?.version ?? null,
    refetchInterval: EVERY_MILLISECONDS,
    initialData: console.version,
  })
  return asked.data === console.version ? null : asked.data
}
