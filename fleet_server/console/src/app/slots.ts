import { createContext, useContext } from 'react'

/** Where in the top bar a screen puts its title and its buttons; null outside of the shell. */
export interface Slots {
  readonly title: HTMLElement | null
  readonly actions: HTMLElement | null
}

export const SlotsContext = createContext<Slots>({ title: null, actions: null })

export function useSlots(): Slots {
  return useContext(SlotsContext)
}
