/** A new rollout in four steps: playbook, target, waves, review with a dry run. */
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '../api/client'
import { Dialogue, Form } from '../app/parts'
import { Refusal } from '../assets/parts'
import { PlaybookFields } from '../playbooks/PlaybookFields'
import { usePlaybook } from '../playbooks/usePlaybook'
import { areRight, faultIn, type Playbook } from '../playbooks/variables'
import { useWords } from '../words'
import { type Draft, isSize, NEW, planOf, type StepProps } from './draft'
import { Review } from './Review'
import { TargetStep } from './TargetStep'
import { WavesStep } from './WavesStep'

const LAST = 3

interface Props {
  readonly onOpen: (id: number) => void
  readonly onClose: () => void
}

export function Wizard({ onOpen, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [draft, setDraft] = useState(NEW)
  const [step, setStep] = useState(0)
  const [isTried, setTried] = useState(false)
  const playbook = usePlaybook(draft.playbook)
  const starting = $api.useMutation('post', '/api/v1/rollouts', {
    onSuccess(made) {
      void questions.invalidateQueries()
      onOpen(made.id)
    },
    onError(error) {
      if (faultIn(playbook, error) !== null) setStep(0)
    },
  })
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }))
    if (starting.error) starting.reset()
  }
  const submit = () => {
    setTried(true)
    if (!isRight(draft, step, playbook)) return
    setTried(false)
    if (step < LAST) setStep(step + 1)
    else {
      starting.mutate({
        body: {
          playbook: draft.playbook.trim(),
          variables: draft.variables,
          plan: planOf(draft),
          why: draft.why.trim(),
        },
      })
    }
  }
  const told = { draft, isTried, onChange: change }
  const name = t('rollouts.steps', { returnObjects: true })[step] ?? ''
  return (
    <Dialogue onClose={onClose} title={t('rollouts.start')} size="xl">
      <Form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed" role="status">
            {t('rollouts.step', { n: step + 1, name })}
          </Text>
          {step === 0 && <PlaybookStep {...told} error={starting.error} />}
          {step === 1 && <TargetStep {...told} />}
          {step === 2 && <WavesStep {...told} />}
          {step === LAST && <Review draft={draft} />}
          {faultIn(playbook, starting.error) === null && <Refusal error={starting.error} />}
          <Group justify="space-between">
            <Button variant="default" disabled={step === 0} onClick={() => setStep(step - 1)}>
              {t('rollouts.previous')}
            </Button>
            <Button type="submit" loading={starting.isPending}>
              {t(step < LAST ? 'rollouts.next' : 'rollouts.begin')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

/** Whether what this step asks for is there; the server looks at all of it again. */
function isRight(draft: Draft, step: number, playbook: Playbook | undefined): boolean {
  if (step === 0) return draft.playbook.trim() !== '' && areRight(playbook, draft.variables)
  if (step === 1) return (draft.service === '') === (draft.readiness.length === 0)
  if (step === 2) return draft.waves.every((wave) => isSize(wave.size))
  return true
}

function PlaybookStep({ draft, isTried, error, onChange }: StepProps & { error: unknown }) {
  const { t } = useWords()
  return (
    <>
      <PlaybookFields
        playbook={draft.playbook}
        variables={draft.variables}
        isTried={isTried}
        error={error}
        onChange={onChange}
      />
      <TextInput
        label={t('rollouts.why')}
        maxLength={200}
        value={draft.why}
        onChange={(event) => onChange({ why: event.currentTarget.value })}
      />
    </>
  )
}
