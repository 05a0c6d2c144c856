import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { startLive } from '../api/live'
import { refresher } from '../api/questions'

/** Follows the fleet as long as the component stands. */
export function useLiveFleet(): void {
  const questions = useQueryClient()
  useEffect(() => {
    const refresh = refresher(questions)
    return startLive(({ what, subject }) =>
      refresh(what === 'order_changed' ? subject.replace('asset', 'order') : subject),
    )
  }, [questions])
}
