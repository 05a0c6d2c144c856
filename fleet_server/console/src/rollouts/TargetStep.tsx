/** Which assets a rollout is for, and how many that are now. */
import { Group, MultiSelect, Select, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useAssets } from '../api/assets'
import { useCourtNames } from '../assets/CourtInput'
import { tagsOf } from '../assets/rows'
import { useServices } from '../readiness/services'
import { useWords } from '../words'
import { KINDS, READINESS, type StepProps } from './draft'
import { Fitting } from './Fitting'

const SETTLE_MILLISECONDS = 300

export function TargetStep({ draft, isTried, onChange }: StepProps) {
  const { t } = useWords()
  const courts = useCourtNames()
  const services = useServices()
  const versions = useVersions()
  const tags = tagsOf(useAssets().assets.values())
  const [settled] = useDebouncedValue(draft, SETTLE_MILLISECONDS)
  const lacksReadiness = draft.service !== '' && draft.readiness.length === 0
  return (
    <>
      <Group grow align="flex-start">
        <MultiSelect
          label={t('rollouts.courts')}
          placeholder={draft.courts.length === 0 ? t('rollouts.anyCourt') : ''}
          searchable
          data={courts}
          value={[...draft.courts]}
          onChange={(value) => onChange({ courts: value })}
        />
        <MultiSelect
          label={t('rollouts.tags')}
          placeholder={draft.tags.length === 0 ? t('rollouts.anyTag') : ''}
          searchable
          data={tags}
          value={[...draft.tags]}
          onChange={(value) => onChange({ tags: value })}
        />
      </Group>
      <Group grow align="flex-start">
        <MultiSelect
          label={t('rollouts.kinds')}
          placeholder={draft.kinds.length === 0 ? t('rollouts.anyKind') : ''}
          data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          value={[...draft.kinds]}
          onChange={(value) => onChange({ kinds: KINDS.filter((one) => value.includes(one)) })}
        />
        <MultiSelect
          label={t('rollouts.versions')}
          placeholder={draft.versions.length === 0 ? t('rollouts.anyVersion') : ''}
          data={versions}
          value={[...draft.versions]}
          onChange={(value) => onChange({ versions: value })}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={t('rollouts.service')}
          placeholder={t('rollouts.anyService')}
          clearable
          clearButtonProps={{ 'aria-label': t('rollouts.anyService') }}
          data={services.map((one) => ({ value: one.name, label: one.label }))}
          value={draft.service || null}
          onChange={(value) =>
            onChange(value === null ? { service: '', readiness: [] } : { service: value })
          }
        />
        <MultiSelect
          label={t('rollouts.readinessOf')}
          disabled={draft.service === ''}
          error={isTried && lacksReadiness && t('rollouts.readinessMissing')}
          data={READINESS.map((one) => ({ value: one, label: t(`rollouts.readiness.${one}`) }))}
          value={[...draft.readiness]}
          onChange={(value) =>
            onChange({ readiness: READINESS.filter((one) => value.includes(one)) })
          }
        />
      </Group>
      <Textarea
        label={t('rollouts.assets')}
        description={t('rollouts.assetsHint')}
        classNames={{ input: 'cf-mono' }}
        rows={2}
        value={draft.assets}
        onChange={(event) => onChange({ assets: event.currentTarget.value })}
      />
      {!lacksReadiness && <Fitting draft={settled} />}
    </>
  )
}

/** Those that the fleet's agents have now. */
function useVersions(): string[] {
  const { assets } = useAssets()
  const found = [...assets.values()].map((one) => one.live?.agent_version ?? '')
  return [...new Set(found)].filter(Boolean).sort()
}
