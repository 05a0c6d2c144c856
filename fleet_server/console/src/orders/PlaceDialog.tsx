/** Says what an order means, takes what it needs, and places it. */

import { Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '../api/client'
import { Dialogue, Form } from '../app/parts'
import { Refusal } from '../assets/parts'
import { PlaybookFields } from '../playbooks/PlaybookFields'
import { usePlaybook } from '../playbooks/usePlaybook'
import { areRight, faultIn } from '../playbooks/variables'
import { useWords } from '../words'
import { COMMANDS, type Draft, EMPTY, taskOf } from './draft'
import type { Order } from './state'

interface Props {
  readonly asset: string
  readonly kind: Order['kind']
  readonly onPlaced: (order: string) => void
  readonly onClose: () => void
}

export function PlaceDialog({ asset, kind, onPlaced, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [draft, setDraft] = useState(EMPTY)
  const [isTried, setTried] = useState(false)
  const placing = $api.useMutation('post', '/api/v1/assets/{asset}/orders', {
    onSuccess(placed) {
      void questions.invalidateQueries({ queryKey: ['orders', asset] })
      onClose()
      onPlaced(placed.id)
    },
  })
  const playbook = usePlaybook(draft.playbook)
  const task = areRight(playbook, draft.variables) ? taskOf(kind, draft) : null
  const submit = () => {
    setTried(true)
    if (task === null) return
    const body = { task, why: draft.why.trim(), tries: 3 }
    placing.mutate({ params: { path: { asset } }, body })
  }
  const change = (wish: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...wish }))
    if (placing.error) placing.reset()
  }
  return (
    <Dialogue
      title={`${t(`orders.kinds.${kind}`).replace('…', '')} · ${asset}`}
      size={kind === 'bundle' ? 'lg' : 'md'}
      onClose={onClose}
    >
      <Form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t(`orders.explains.${kind}`)}</Text>
          <Fields
            kind={kind}
            draft={draft}
            onChange={change}
            isWrong={isTried && task === null}
            error={placing.error}
          />
          <TextInput
            label={t('orders.why')}
            description={t('orders.whyHint')}
            value={draft.why}
            maxLength={200}
            onChange={(event) => change({ why: event.currentTarget.value })}
          />
          {faultIn(playbook, placing.error) === null && <Refusal error={placing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={placing.isPending}>
              {t('orders.submit')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

interface FieldsProps {
  readonly kind: Order['kind']
  readonly draft: Draft
  readonly onChange: (wish: Partial<Draft>) => void
  readonly isWrong: boolean
  readonly error: unknown
}

function Fields({ kind, draft, onChange, isWrong, error }: FieldsProps) {
  const { t } = useWords()
  if (kind === 'command') {
    return (
      <Select
        label={t('orders.command')}
        data={COMMANDS.map((value) => ({ value, label: t(`orders.commands.${value}`) }))}
        value={draft.command}
        allowDeselect={false}
        onChange={(value) => {
          const command = COMMANDS.find((one) => one === value)
          if (command !== undefined) onChange({ command })
        }}
      />
    )
  }
  if (kind === 'restart') {
    return (
      <TextInput
        label={t('orders.target')}
        description={t('orders.targetHint')}
        value={draft.target}
        error={isWrong && t('orders.missing')}
        onChange={(event) => onChange({ target: event.currentTarget.value })}
        data-autofocus
        required
      />
    )
  }
  if (kind !== 'bundle') return null
  return (
    <>
      <PlaybookFields
        playbook={draft.playbook}
        variables={draft.variables}
        isTried={isWrong}
        error={error}
        onChange={onChange}
      />
      <Checkbox
        label={t('orders.isCheck')}
        checked={draft.isCheck}
        onChange={(event) => onChange({ isCheck: event.currentTarget.checked })}
      />
    </>
  )
}
