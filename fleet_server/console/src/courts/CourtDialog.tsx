/** Adds a court's record or changes it; the name is fixed once there are assets under it. */

import { Button, Group, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, isProblem, type Schemas, said } from '../api/client'
import { Dialogue, Form } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'

type Court = Schemas['CourtOut']
type Draft = Omit<Court, 'assets'>

const LEVELS = ['basic', 'intermediate', 'high'] as const satisfies Court['level'][]
const BLANK: Draft = { name: '', level: 'basic', district: '', contact: '', phone: '', hours: '' }
const NAME = /^[^,，/]+$/

/** `court` null: a new one. */
export function CourtDialog({ court, onClose }: { court: Court | null; onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [draft, setDraft] = useState<Draft>(court ?? BLANK)
  const [isBadName, setBadName] = useState(false)
  const putting = $api.useMutation('put', '/api/v1/courts/{court}', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const isAboutName =
    isProblem(putting.error) && /court/.test(String(putting.error.facts.field ?? ''))
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const submit = () => {
    const name = draft.name.trim()
    setBadName(!NAME.test(name))
    if (!NAME.test(name)) return
    const { level, district, contact, phone, hours } = draft
    const body = { level, district, contact, phone, hours }
    putting.mutate({ params: { path: { court: name } }, body })
  }
  const title = court ? t('courts.edit', { court: court.name }) : t('courts.add')
  return (
    <Dialogue onClose={onClose} title={title} size="lg">
      <Form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t('courts.name')}
            description={t('courts.nameHint')}
            required
            maxLength={80}
            disabled={court !== null}
            value={draft.name}
            error={(isBadName && t('courts.nameMissing')) || (isAboutName && said(putting.error))}
            onChange={(event) => change({ name: event.currentTarget.value })}
            data-autofocus={court === null || undefined}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <Select
              label={t('courts.level')}
              allowDeselect={false}
              data={LEVELS.map((level) => ({ value: level, label: t(`courts.levels.${level}`) }))}
              value={draft.level}
              onChange={(word) => change({ level: LEVELS.find((level) => level === word) })}
            />
            <Text label={t('courts.district')} field="district" draft={draft} onChange={change} />
            <Text label={t('courts.contact')} field="contact" draft={draft} onChange={change} />
            <Text label={t('courts.phone')} field="phone" draft={draft} onChange={change} />
          </SimpleGrid>
          <Text
            label={t('courts.hours')}
            hint={t('courts.hoursHint')}
            field="hours"
            draft={draft}
            onChange={change}
          />
          {!isAboutName && <Refusal error={putting.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={putting.isPending}>
              {t('app.save')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

interface TextProps {
  readonly label: string
  readonly hint?: string
  readonly field: 'district' | 'contact' | 'phone' | 'hours'
  readonly draft: Draft
  readonly onChange: (part: Partial<Draft>) => void
}

function Text({ label, hint, field, draft, onChange }: TextProps) {
  return (
    <TextInput
      label={label}
      description={hint}
      maxLength={80}
      value={draft[field]}
      onChange={(event) => onChange({ [field]: event.currentTarget.value })}
    />
  )
}
