/** Retiring an asset, replacing its computer, and taking it back: what will happen is said first. */

import { Button, Group, List, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { $api, said } from '../api/client'
import { ConfirmByName, Dialogue, Form } from '../app/parts'
import { useWords } from '../words'
import { keepInvitation } from './invitation'
import { Refusal } from './parts'

interface Props {
  readonly asset: Asset
  readonly onClose: () => void
}

interface InvitingProps extends Props {
  /** It worked, and there is a new enrolment string to show. */
  readonly onInvited: () => void
}

export function RetireDialog({ asset, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const retiring = $api.useMutation('post', '/api/v1/assets/{asset}/retire', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const confirm = () => {
    setMissing(why.trim() === '')
    if (why.trim() === '') return
    const params = { path: { asset: asset.id } }
    retiring.mutate({ params, body: { confirm: asset.id, why: why.trim() } })
  }
  return (
    <ConfirmByName
      isOpen
      title={t('assets.retire.title', { asset: asset.id })}
      name={asset.id}
      action={t('assets.retire.submit')}
      isBusy={retiring.isPending}
      refusal={retiring.error ? said(retiring.error) : undefined}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Consequences
        explains={t('assets.retire.explains')}
        does={[
          t('assets.retire.does.history'),
          t('assets.retire.does.certificate'),
          t('assets.retire.does.lost'),
          t('assets.retire.does.back'),
        ]}
      />
      <Why why={why} onChange={setWhy} isMissing={isMissing} />
    </ConfirmByName>
  )
}

export function ReplaceDialog({ asset, onClose, onInvited }: InvitingProps) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const params = { path: { asset: asset.id } }
  const balance = $api.useQuery('get', '/api/v1/assets/{asset}/balance', { params })
  const missing = (balance.data?.items ?? []).reduce((sum, one) => sum + one.missing, 0)
  const replacing = $api.useMutation('post', '/api/v1/assets/{asset}/replace', {
    onSuccess(made) {
      keepInvitation(questions, made)
      void questions.invalidateQueries()
      onInvited()
    },
  })
  const confirm = () => {
    setMissing(why.trim() === '')
    if (why.trim() !== '') replacing.mutate({ params, body: { why: why.trim() } })
  }
  return (
    <ConfirmByName
      isOpen
      title={t('assets.replace.title', { asset: asset.id })}
      name={asset.id}
      action={t('assets.replace.submit')}
      isBusy={replacing.isPending}
      refusal={replacing.error ? said(replacing.error) : undefined}
      onConfirm={confirm}
      onClose={onClose}
    >
      <Consequences
        explains={t('assets.replace.explains')}
        does={[
          t('assets.replace.does.certificate'),
          t('assets.replace.does.lost', { n: missing }),
          t('assets.replace.does.history'),
          t('assets.replace.does.next'),
        ]}
      />
      <Why why={why} onChange={setWhy} isMissing={isMissing} />
    </ConfirmByName>
  )
}

export function ReinstateDialog({ asset, onClose, onInvited }: InvitingProps) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [why, setWhy] = useState('')
  const reinstating = $api.useMutation('post', '/api/v1/assets/{asset}/reinstate', {
    onSuccess(made) {
      keepInvitation(questions, made)
      void questions.invalidateQueries()
      onInvited()
    },
  })
  const submit = () =>
    reinstating.mutate({ params: { path: { asset: asset.id } }, body: { why: why.trim() } })
  return (
    <Dialogue onClose={onClose} title={t('assets.reinstate.title', { asset: asset.id })}>
      <Form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('assets.reinstate.explains')}</Text>
          <Why why={why} onChange={setWhy} isMissing={false} />
          <Refusal error={reinstating.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={reinstating.isPending}>
              {t('assets.reinstate.submit')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

function Consequences({ explains, does }: { explains: string; does: readonly string[] }) {
  return (
    <>
      <Text fw={600} mb={4}>
        {explains}
      </Text>
      <List size="sm" spacing={4} mb="sm">
        {does.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </>
  )
}

interface WhyProps {
  readonly why: string
  readonly onChange: (why: string) => void
  readonly isMissing: boolean
}

function Why({ why, onChange, isMissing }: WhyProps) {
  const { t } = useWords()
  return (
    <TextInput
      label={t('assets.why')}
      description={t('assets.whyHint')}
      maxLength={200}
      value={why}
      error={isMissing && why.trim() === '' && t('assets.retire.whyMissing')}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
