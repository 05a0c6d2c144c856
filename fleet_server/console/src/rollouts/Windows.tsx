/** The maintenance windows of a court, or of the fleet: shown, changed, taken away. */
import { ActionIcon, Button, Chip, Group, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, type Schemas } from '../api/client'
import { ErrorState, Form, Loading } from '../app/parts'
import { useMay } from '../app/session'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'

type Window = Schemas['WeekWindowIO']

interface Draft {
  readonly key: number
  readonly days: readonly string[]
  readonly from: string
  readonly until: string
}

const TIME = /^(\d{1,2}):([0-5]\d)$/
const DAY_MINUTES = 1440
const NIGHT = { days: ['0', '1', '2', '3', '4'], from: '22:00', until: '6:00' }

export function Windows({ court }: { court: string }) {
  const asked = $api.useQuery('get', '/api/v1/maintenance-windows', {
    params: { query: { court } },
  })
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  // Anew when the server has others: somebody else may have changed them.
  return <Rows key={JSON.stringify(asked.data)} court={court} saved={asked.data.items} />
}

function Rows({ court, saved }: { court: string; saved: readonly Window[] }) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const questions = useQueryClient()
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => saved.map(draftOf))
  const [isTried, setTried] = useState(false)
  const saving = $api.useMutation('put', '/api/v1/maintenance-windows', {
    onSuccess: () => void questions.invalidateQueries(),
  })
  const submit = () => {
    const items = drafts.map(windowOf).filter((one) => one !== null)
    setTried(items.length < drafts.length)
    if (items.length < drafts.length) return
    saving.mutate({ params: { query: { court } }, body: { items } })
  }
  const add = () => {
    const key = Math.max(0, ...drafts.map((one) => one.key)) + 1
    setDrafts([...drafts, { key, ...NIGHT }])
  }
  return (
    <Form onSubmit={submit}>
      {drafts.length === 0 && (
        <p>{t(court === '' ? 'rollouts.windowsNone' : 'rollouts.windowsAsFleet')}</p>
      )}
      {drafts.map((one, at) => (
        <Row
          key={one.key}
          draft={one}
          number={at + 1}
          isTried={isTried}
          mayChange={mayOperate}
          onChange={(now) => setDrafts(drafts.map((was) => (was.key === one.key ? now : was)))}
          onRemove={() => setDrafts(drafts.filter((was) => was.key !== one.key))}
        />
      ))}
      <Refusal error={saving.error} />
      {mayOperate && (
        <Group gap="xs" mt="sm">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={add}
          >
            {t('rollouts.addWindow')}
          </Button>
          <Button size="xs" type="submit" loading={saving.isPending}>
            {t('app.save')}
          </Button>
        </Group>
      )}
    </Form>
  )
}

interface RowProps {
  readonly draft: Draft
  readonly number: number
  readonly isTried: boolean
  readonly mayChange: boolean
  readonly onChange: (now: Draft) => void
  readonly onRemove: () => void
}

function Row({ draft, number, isTried, mayChange, onChange, onRemove }: RowProps) {
  const { t } = useWords()
  const names = t('rollouts.weekdays', { returnObjects: true })
  const isWrong = (text: string) => isTried && minutesOf(text) === null
  return (
    <fieldset className="cf-window" aria-label={t('rollouts.windowName', { n: number })}>
      <Chip.Group
        multiple
        value={[...draft.days]}
        onChange={(days) => onChange({ ...draft, days })}
      >
        <Group gap={4}>
          {names.map((name, day) => (
            <Chip key={name} size="xs" value={String(day)} disabled={!mayChange}>
              {name}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <TextInput
        label={t('rollouts.from')}
        value={draft.from}
        readOnly={!mayChange}
        error={isWrong(draft.from) && t('rollouts.timeWrong')}
        onChange={(event) => onChange({ ...draft, from: event.currentTarget.value })}
      />
      <TextInput
        label={t('rollouts.until')}
        value={draft.until}
        readOnly={!mayChange}
        error={isWrong(draft.until) && t('rollouts.timeWrong')}
        onChange={(event) => onChange({ ...draft, until: event.currentTarget.value })}
      />
      {mayChange && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('rollouts.removeWindow', { n: number })}
          onClick={onRemove}
        >
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      )}
      {isTried && draft.days.length === 0 && <span role="alert">{t('rollouts.daysMissing')}</span>}
    </fieldset>
  )
}

function draftOf(one: Window, at: number): Draft {
  const days = one.days.map(String)
  return { key: at + 1, days, from: textOf(one.from_minute), until: textOf(one.until_minute) }
}

/** Null: not to be understood. */
function windowOf(draft: Draft): Window | null {
  const from = minutesOf(draft.from)
  const until = minutesOf(draft.until)
  if (from === null || from === DAY_MINUTES || until === null || draft.days.length === 0)
    return null
  return { days: draft.days.map(Number).sort(), from_minute: from, until_minute: until }
}

function minutesOf(text: string): number | null {
  const [, hours, minutes] = TIME.exec(text.trim().replace('：', ':')) ?? []
  if (hours === undefined) return null
  const found = Number(hours) * 60 + Number(minutes)
  return found <= DAY_MINUTES ? found : null
}

function textOf(minute: number): string {
  return `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`
}
