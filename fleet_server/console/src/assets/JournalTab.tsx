/** What was done with one asset, by whom and why, newest first. */

import { Anchor } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api } from '../api/client'
import { OlderButton } from '../app/OlderButton'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { JournalTable } from '../journal/JournalTable'
import '../journal/journal.css'
import { useWords } from '../words'
import classes from './screens.module.css'

const PAGE = 50

export function JournalTab({ asset }: { asset: string }) {
  const { t } = useWords()
  const subject = `asset:${asset}`
  const asked = useJournal(subject)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const rows = asked.data.pages.flatMap((page) => page.items)
  if (rows.length === 0) return <EmptyState title={t('assets.journal.empty')} />
  return (
    <div className={classes.wide}>
      <JournalTable rows={rows} />
      <div className={classes.controls}>
        <OlderButton pages={asked} label={t('assets.journal.older')} />
        <Anchor component={Link} size="sm" to={`/journal?subject=${encodeURIComponent(subject)}`}>
          {t('assets.journal.whole')}
        </Anchor>
      </div>
    </div>
  )
}

/** Page behind page. The sentences come in the reader's language. */
function useJournal(subject: string) {
  const { language } = useWords()
  return useInfiniteQuery({
    queryKey: ['journal', subject, language],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { subject, limit: PAGE, ...(pageParam !== undefined && { cursor: pageParam }) }
      const answer = await api.GET('/api/v1/journal', { params: { query }, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
