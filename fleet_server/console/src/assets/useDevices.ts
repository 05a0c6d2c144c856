import { $api, type Schemas } from '../api/client'

export interface Devices {
  readonly items: readonly Schemas['DeviceOut'][]
  readonly isLoading: boolean
  readonly error: unknown
  readonly refetch: () => void
}

/** The devices that an asset has reported so far. */
export function useDevices(asset: string): Devices {
  const asked = $api.useQuery('get', '/api/v1/assets/{asset}/devices', {
    params: { path: { asset } },
  })
  return {
    items: asked.data?.items ?? [],
    isLoading: asked.isPending,
    error: asked.error,
    refetch: () => void asked.refetch(),
  }
}
