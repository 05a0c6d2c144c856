/** The events of an asset, newest first: what must not be lost, as it came. */

import { Code, Table } from '@mantine/core'
import { IconTimelineEvent } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { instant } from '../app/format'
import { OlderButton } from '../app/OlderButton'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useWords } from '../words'
import classes from './screens.module.css'

const PAGE = 50

export function EventsTab({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = useEvents(asset)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const items = asked.data.pages.flatMap((page) => page.items)
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<IconTimelineEvent size={28} stroke={1.5} aria-hidden />}
        title={t('assets.events.empty')}
        note={t('assets.events.emptyText')}
      />
    )
  }
  return (
    <div className={classes.wide}>
      <Table verticalSpacing="xs" aria-label={t('assets.page.tabs.events')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={160}>{t('assets.events.at')}</Table.Th>
            <Table.Th>{t('assets.events.what')}</Table.Th>
            <Table.Th w={160}>{t('assets.events.received')}</Table.Th>
            <Table.Th>{t('assets.events.raw')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((event) => (
            <Table.Tr key={event.id} data-kind={event.kind}>
              <Table.Td>{instant(event.measured_at)}</Table.Td>
              <Table.Td>{event.sentence}</Table.Td>
              <Table.Td>{instant(event.received_at)}</Table.Td>
              <Table.Td>
                <details>
                  <summary className="cf-mono">{event.kind}</summary>
                  <Code className={classes.raw}>{JSON.stringify(event.body)}</Code>
                </details>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <OlderButton pages={asked} label={t('assets.events.older')} m="md" />
    </div>
  )
}

/** Page behind page. The sentences come in the reader's language. */
function useEvents(asset: string) {
  const { language } = useWords()
  return useInfiniteQuery({
    queryKey: ['events', asset, language],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam !== undefined && { cursor: pageParam }) }
      const params = { path: { asset }, query }
      const answer = await api.GET('/api/v1/assets/{asset}/events', { params, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
