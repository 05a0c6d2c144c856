/** Pause, resume, approve, cancel, roll back: what may be done to a rollout now. */
import { Button, Checkbox, Stack, Text, TextInput } from '@mantine/core'
import {
  IconArrowBackUp,
  IconCheck,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, said } from '../api/client'
import { ConfirmByName } from '../app/parts'
import { useMay, useSession } from '../app/session'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { type Detail, hasEnded } from './rollouts'

interface Props {
  readonly rollout: Detail
  readonly onOpen: (id: number) => void
}

export function Actions({ rollout, onOpen }: Props) {
  const { t } = useWords()
  const me = useSession().session.name
  const mayOperate = useMay('operator')
  const [asked, setAsked] = useState<'cancel' | 'rollback' | null>(null)
  const steer = useSteering(rollout)
  if (!mayOperate) return null
  const isOwn = rollout.made_by === me
  const close = () => setAsked(null)
  return (
    <>
      <Refusal error={steer.error} />
      {rollout.state === 'awaiting_approval' && (
        <Button
          size="xs"
          disabled={isOwn}
          title={isOwn ? t('rollouts.approveOwn') : undefined}
          leftSection={<IconCheck size={14} aria-hidden />}
          onClick={() => steer.approve()}
        >
          {t('rollouts.approve')}
        </Button>
      )}
      {rollout.state === 'running' && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerPause size={14} aria-hidden />}
          onClick={() => steer.pause()}
        >
          {t('rollouts.pause')}
        </Button>
      )}
      {rollout.state === 'paused' && (
        <Button
          size="xs"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          onClick={() => steer.resume()}
        >
          {t('rollouts.resume')}
        </Button>
      )}
      {!hasEnded(rollout) && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          onClick={() => setAsked('cancel')}
        >
          {t('rollouts.cancel')}
        </Button>
      )}
      {rollout.plan.is_check !== true && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          onClick={() => setAsked('rollback')}
        >
          {t('rollouts.rollback')}
        </Button>
      )}
      {asked === 'cancel' && <Cancel rollout={rollout} onClose={close} />}
      {asked === 'rollback' && <RollBack rollout={rollout} onOpen={onOpen} onClose={close} />}
    </>
  )
}

function useSteering(rollout: Detail) {
  const questions = useQueryClient()
  const options = { onSuccess: () => void questions.invalidateQueries() }
  const body = { params: { path: { rollout: rollout.id } }, body: { why: '' } } as const
  const approving = $api.useMutation('post', '/api/v1/rollouts/{rollout}/approval', options)
  const pausing = $api.useMutation('post', '/api/v1/rollouts/{rollout}/pause', options)
  const resuming = $api.useMutation('post', '/api/v1/rollouts/{rollout}/resume', options)
  return {
    error: approving.error ?? pausing.error ?? resuming.error,
    approve: () => approving.mutate(body),
    pause: () => pausing.mutate(body),
    resume: () => resuming.mutate(body),
  }
}

function Cancel({ rollout, onClose }: { rollout: Detail; onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [endsRunning, setEndsRunning] = useState(false)
  const [why, setWhy] = useState('')
  const cancelling = $api.useMutation('post', '/api/v1/rollouts/{rollout}/cancel', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  return (
    <ConfirmByName
      isOpen
      title={t('rollouts.cancel')}
      name={rollout.playbook}
      action={t('rollouts.cancel')}
      isBusy={cancelling.isPending}
      refusal={cancelling.error ? said(cancelling.error) : undefined}
      onClose={onClose}
      onConfirm={() =>
        cancelling.mutate({
          params: { path: { rollout: rollout.id } },
          body: { ends_running: endsRunning, why: why.trim() },
        })
      }
    >
      <Stack gap="sm">
        <Text size="sm">{t('rollouts.cancelText')}</Text>
        <Checkbox
          label={t('rollouts.endsRunning')}
          checked={endsRunning}
          onChange={(event) => setEndsRunning(event.currentTarget.checked)}
        />
        <Why why={why} onChange={setWhy} />
      </Stack>
    </ConfirmByName>
  )
}

function RollBack({ rollout, onOpen, onClose }: Props & { onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [playbook, setPlaybook] = useState('')
  const [why, setWhy] = useState('')
  const undoing = $api.useMutation('post', '/api/v1/rollouts/{rollout}/rollback', {
    onSuccess(made) {
      void questions.invalidateQueries()
      onClose()
      onOpen(made.id)
    },
  })
  return (
    <ConfirmByName
      isOpen
      title={t('rollouts.rollback')}
      name={rollout.playbook}
      action={t('rollouts.rollback')}
      isBusy={undoing.isPending}
      refusal={undoing.error ? said(undoing.error) : undefined}
      onClose={onClose}
      onConfirm={() =>
        undoing.mutate({
          params: { path: { rollout: rollout.id } },
          body: { playbook: playbook.trim() || null, why: why.trim() },
        })
      }
    >
      <Stack gap="sm">
        <Text size="sm">{t('rollouts.rollbackText')}</Text>
        <TextInput
          label={t('rollouts.inverse')}
          description={t('rollouts.inverseHint')}
          maxLength={64}
          value={playbook}
          onChange={(event) => setPlaybook(event.currentTarget.value)}
        />
        <Why why={why} onChange={setWhy} />
      </Stack>
    </ConfirmByName>
  )
}

function Why({ why, onChange }: { why: string; onChange: (why: string) => void }) {
  const { t } = useWords()
  return (
    <TextInput
      label={t('rollouts.why')}
      maxLength={200}
      value={why}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}
