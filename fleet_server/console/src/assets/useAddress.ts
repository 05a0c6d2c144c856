import { useCallback, useEffect, useRef } from 'react'
import { useSearchParams } from 'react-router'

type Alter = (params: URLSearchParams) => void

/**
 * The search part of the address, and how to alter it; Back leaves the page, not the last letter.
 *
 * The router shows a change only a moment after it was made, so a second one that comes meanwhile
 * must build on what was asked for, not on what is shown: else it takes the first one back.
 */
export function useAddress(): [URLSearchParams, (alter: Alter) => void] {
  const [params, setParams] = useSearchParams()
  const wanted = useRef(params)
  useEffect(() => {
    wanted.current = params
  }, [params])
  const change = useCallback(
    (alter: Alter) => {
      const next = new URLSearchParams(wanted.current)
      alter(next)
      wanted.current = next
      setParams(next, { replace: true })
    },
    [setParams],
  )
  return [params, change]
}

/** Puts one value into the address, or takes it out. */
export function put(params: URLSearchParams, name: string, value: string | null): void {
  if (value) params.set(name, value)
  else params.delete(name)
}
