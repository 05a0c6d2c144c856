import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { startLive } from '../api/live'
import { refresher } from '../api/questions'

/** News that is about less than the whole asset. */
const ABOUT: Record<string, string> = { order_changed: 'order', order_lines: 'lines' }

/** Follows the fleet as long as the component stands. */
export function useLiveFleet(): void {
  const questions = useQueryClient()
  useEffect(() => {
    const refresh = refresher(questions)
    return startLive(({ what, subject }) =>
      refresh(subject.replace('asset', ABOUT[what] ?? 'asset')),
    )
  }, [questions])
}
