/** Whether assets are set up by themselves: of the fleet, or of a court that has its own say. */
import { Group, Select } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, type Schemas } from '../api/client'
import { useMay } from '../app/session'
import { useCourtNames } from '../assets/CourtInput'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'

const CHOICES = ['by_hand', 'when_idle'] as const
const AS_FLEET = 'as_fleet'

export function Policy({ policies }: { policies: readonly Schemas['CourtPolicy'][] }) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const questions = useQueryClient()
  const courts = useCourtNames()
  const [court, setCourt] = useState('')
  const changing = $api.useMutation('put', '/api/v1/configuration/policy', {
    onSettled: () => void questions.invalidateQueries(),
  })
  const own = policies.find((one) => one.court === court)?.converge
  const choices = court === '' ? CHOICES : [...CHOICES, AS_FLEET]
  return (
    <Group gap="xs">
      <Refusal error={changing.error} />
      <span className="cf-policy">{t('configuration.policy')}</span>
      <Select
        size="xs"
        w={220}
        searchable
        allowDeselect={false}
        aria-label={t('configuration.court')}
        data={[
          { value: '', label: t('configuration.scopes.fleet') },
          ...courts.map((name) => ({ value: name, label: name })),
        ]}
        value={court}
        onChange={(chosen) => setCourt(chosen ?? '')}
      />
      <Select
        size="xs"
        w={170}
        allowDeselect={false}
        disabled={!mayOperate}
        aria-label={t('configuration.policy')}
        data={choices.map((one) => ({
          value: one,
          label: t(`configuration.policies.${one as (typeof CHOICES)[number] | 'as_fleet'}`),
        }))}
        value={own ?? AS_FLEET}
        onChange={(chosen) =>
          changing.mutate({
            params: { query: { court } },
            body: { converge: CHOICES.find((one) => one === chosen) ?? null },
          })
        }
      />
    </Group>
  )
}
