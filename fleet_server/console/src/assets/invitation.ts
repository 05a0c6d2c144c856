/** Enrolment strings that this page was given. The server tells each only once. */

import { type QueryClient, skipToken, useQuery } from '@tanstack/react-query'
import type { Schemas } from '../api/client'

export type Invitation = Schemas['InvitationOut']

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000

/** Keeps it in memory, until it is a day old, the page is left or somebody signs out. */
export function keepInvitation(questions: QueryClient, invitation: Invitation): void {
  const queryKey = ['invitation', invitation.asset]
  questions.setQueryDefaults(queryKey, { gcTime: DAY_MILLISECONDS, staleTime: 'static' })
  questions.setQueryData(queryKey, invitation)
}

/** The string of an asset that this page was given, if any. */
export function useInvitation(asset: string): Invitation | undefined {
  return useQuery<Invitation>({ queryKey: ['invitation', asset], queryFn: skipToken }).data
}
