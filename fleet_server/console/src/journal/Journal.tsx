import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconHistory, IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import { api } from '../api/client'
import { OlderButton } from '../app/OlderButton'
import { EmptyState, ErrorState, Form, Loading, PageHeader } from '../app/parts'
import { languageNow, useWords } from '../words'
import { JournalTable } from './JournalTable'
import './journal.css'

const PAGE = 100

/** Every change, newest first; the filter stands in the URL. */
export default function Journal() {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const subject = params.get('subject') ?? ''
  const who = params.get('who') ?? ''
  const pages = useJournal(subject, who)
  const rows = pages.data?.pages.flatMap((page) => page.items) ?? []
  const filter = (next: { subject: string; who: string }) => {
    const kept = Object.entries(next).filter(([, value]) => value !== '')
    setParams(Object.fromEntries(kept), { replace: true })
  }
  return (
    <div className="cf-journal">
      <PageHeader title={t('journal.title')} note={t('journal.note')} />
      <Filter key={`${subject} ${who}`} subject={subject} who={who} onFilter={filter} />
      {pages.isPending && <Loading />}
      {pages.isError && <ErrorState error={pages.error} retry={() => void pages.refetch()} />}
      {pages.isSuccess && rows.length === 0 && (
        <EmptyState
          icon={<IconHistory size={28} stroke={1.5} aria-hidden />}
          title={t('journal.empty')}
          note={t('journal.emptyNote')}
        />
      )}
      {rows.length > 0 && (
        <>
          <JournalTable rows={rows} onWho={(name) => filter({ subject, who: name })} />
          <div className="cf-journal-end">
            <OlderButton pages={pages} label={t('app.more')} />
            {!pages.hasNextPage && <span>{t('journal.end')}</span>}
          </div>
        </>
      )}
    </div>
  )
}

function useJournal(subject: string, who: string) {
  const { language } = useWords()
  return useInfiniteQuery({
    // The sentences come in the reader's language.
    queryKey: ['journal', subject, who, language],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        ...(pageParam !== undefined && { cursor: pageParam }),
        ...(subject !== '' && { subject }),
        ...(who !== '' && { who }),
      }
      const headers = { 'accept-language': languageNow() }
      const answer = await api.GET('/api/v1/journal', { params: { query }, headers, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}

interface FilterProps {
  readonly subject: string
  readonly who: string
  readonly onFilter: (next: { subject: string; who: string }) => void
}

function Filter({ subject, who, onFilter }: FilterProps) {
  const { t } = useWords()
  const [typedSubject, setTypedSubject] = useState(subject)
  const [typedWho, setTypedWho] = useState(who)
  const apply = () => onFilter({ subject: typedSubject.trim(), who: typedWho.trim() })
  return (
    <Form onSubmit={apply} className="cf-journal-filter" label={t('journal.filter')}>
      <TextInput
        size="xs"
        label={t('journal.subject')}
        placeholder={t('journal.subjectHint')}
        value={typedSubject}
        onChange={(event) => setTypedSubject(event.currentTarget.value)}
        maxLength={80}
      />
      <TextInput
        size="xs"
        label={t('journal.who')}
        placeholder={t('journal.whoHint')}
        value={typedWho}
        onChange={(event) => setTypedWho(event.currentTarget.value)}
        maxLength={64}
      />
      <Button type="submit" size="xs">
        {t('journal.apply')}
      </Button>
      {(subject !== '' || who !== '') && (
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('journal.clear')}
          title={t('journal.clear')}
          onClick={() => onFilter({ subject: '', who: '' })}
        >
          <IconX size={15} aria-hidden />
        </ActionIcon>
      )}
    </Form>
  )
}
