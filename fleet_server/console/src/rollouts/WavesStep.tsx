/** How large the waves are, what each must come to, and when assets may begin. */
import { ActionIcon, Button, Checkbox, Group, NumberInput, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useWords } from '../words'
import { isSize, type StepProps, type WaveDraft, withWave } from './draft'

export function WavesStep({ draft, isTried, onChange }: StepProps) {
  const { t } = useWords()
  const alter = (wave: WaveDraft) =>
    onChange({ waves: draft.waves.map((one) => (one.key === wave.key ? wave : one)) })
  return (
    <>
      {draft.waves.map((wave, at) => (
        <WaveLine
          key={wave.key}
          wave={wave}
          number={at + 1}
          isTried={isTried}
          onChange={alter}
          onRemove={
            at === draft.waves.length - 1
              ? undefined
              : () => onChange({ waves: draft.waves.filter((one) => one.key !== wave.key) })
          }
        />
      ))}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange({ waves: withWave(draft.waves) })}
        >
          {t('rollouts.addWave')}
        </Button>
      </Group>
      <Group grow align="flex-end">
        <Count
          label={t('rollouts.atOnce')}
          value={draft.atOnce}
          least={1}
          most={10_000}
          onChange={(atOnce) => onChange({ atOnce })}
        />
        <Count
          label={t('rollouts.hours')}
          value={draft.hours}
          least={1}
          most={90 * 24}
          onChange={(hours) => onChange({ hours })}
        />
      </Group>
      {(['inWindows', 'whileMoving', 'needsApproval'] as const).map((name) => (
        <Checkbox
          key={name}
          label={t(`rollouts.${name}`)}
          checked={draft[name]}
          onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
        />
      ))}
    </>
  )
}

interface LineProps {
  readonly wave: WaveDraft
  readonly number: number
  readonly isTried: boolean
  readonly onChange: (wave: WaveDraft) => void
  readonly onRemove: (() => void) | undefined
}

function WaveLine({ wave, number, isTried, onChange, onRemove }: LineProps) {
  const { t } = useWords()
  return (
    <fieldset className="cf-wave-line">
      <legend>{t('rollouts.waveName', { n: number })}</legend>
      <TextInput
        label={t('rollouts.size')}
        placeholder={t('rollouts.sizeHint')}
        value={wave.size}
        disabled={onRemove === undefined}
        error={isTried && !isSize(wave.size) && t('rollouts.sizeWrong')}
        onChange={(event) => onChange({ ...wave, size: event.currentTarget.value })}
      />
      <Count
        label={t('rollouts.success')}
        value={wave.success}
        most={100}
        onChange={(success) => onChange({ ...wave, success })}
      />
      <Count
        label={t('rollouts.failure')}
        value={wave.failure}
        most={100}
        onChange={(failure) => onChange({ ...wave, failure })}
      />
      <Count
        label={t('rollouts.soakMinutes')}
        value={wave.soakMinutes}
        most={7 * 24 * 60}
        onChange={(soakMinutes) => onChange({ ...wave, soakMinutes })}
      />
      <Checkbox
        className="cf-wave-end"
        label={t('rollouts.checksHealth')}
        checked={wave.checksHealth}
        onChange={(event) => onChange({ ...wave, checksHealth: event.currentTarget.checked })}
      />
      {onRemove !== undefined && (
        <ActionIcon
          className="cf-wave-end"
          variant="subtle"
          color="gray"
          aria-label={t('rollouts.removeWave', { n: number })}
          onClick={onRemove}
        >
          <IconTrash size={15} aria-hidden />
        </ActionIcon>
      )}
    </fieldset>
  )
}

interface CountProps {
  readonly label: string
  readonly value: number
  readonly least?: number
  readonly most: number
  readonly onChange: (value: number) => void
}

function Count({ label, value, least = 0, most, onChange }: CountProps) {
  return (
    <NumberInput
      label={label}
      min={least}
      max={most}
      allowDecimal={false}
      hideControls
      value={value}
      onChange={(typed) => onChange(Number(typed) || least)}
    />
  )
}
