import { useCallback, useMemo } from 'react'
import { useAddress } from './useAddress'
import { paramsOf, type View, viewOf } from './view'

/** The view in the address, and how to change it. */
export function useView(): [View, (change: Partial<View>) => void] {
  const [params, alter] = useAddress()
  const view = useMemo(() => viewOf(params), [params])
  const change = useCallback(
    (part: Partial<View>) =>
      alter((now) => {
        const next = paramsOf({ ...viewOf(now), ...part })
        for (const name of [...now.keys()]) now.delete(name)
        for (const [name, value] of next) now.append(name, value)
      }),
    [alter],
  )
  return [view, change]
}
