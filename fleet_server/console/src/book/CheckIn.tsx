/** A backpack is back: what of it came back, and in which state. */

import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { Dialogue, Form } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { Count, counted, type Line } from './Count'
import type { Entry } from './entries'

export function CheckIn({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [note, setNote] = useState('')
  const [lines, setLines] = useState<readonly Line[]>(() =>
    entry.counted_out
      .filter((one) => one.is_there)
      .map(({ name, battery_percent: level }) => ({
        name,
        isThere: true,
        level: '',
        hasBattery: typeof level === 'number',
      })),
  )
  const giving = $api.useMutation('post', '/api/v1/assets/{asset}/check-in', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const submit = () =>
    giving.mutate({
      params: { path: { asset: entry.asset } },
      body: { counted: counted(lines), note: note.trim() },
    })
  return (
    <Dialogue onClose={onClose} title={t('book.giveTitle', { asset: entry.asset })} size="lg">
      <Form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {t('book.givenBy', { who: entry.who, at: instant(entry.out_at).slice(0, -3) })}
          </Text>
          <Count lines={lines} onChange={setLines} />
          <TextInput
            label={t('book.note')}
            description={t('book.noteHint')}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Refusal error={giving.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={giving.isPending}>
              {t('book.give')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}
