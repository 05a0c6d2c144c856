/** Who would get it now: counted, and with `hasWaves` wave by wave. */
import { Text } from '@mantine/core'
import { $api } from '../api/client'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { type Draft, NEW, planOf } from './draft'

interface Props {
  readonly draft: Draft
  readonly hasWaves?: boolean
}

export function Fitting({ draft, hasWaves = false }: Props) {
  const { t } = useWords()
  // Waves that are still being written do not keep the target from being counted.
  const plan = planOf(hasWaves ? draft : { ...draft, waves: NEW.waves })
  const asked = $api.useQuery(
    'post',
    '/api/v1/rollouts/preview',
    { body: plan },
    { placeholderData: (before) => before },
  )
  const waves = asked.data?.waves ?? []
  const assets = waves.flatMap((wave) => wave.assets)
  const leftOut = asked.data?.left_out ?? []
  return (
    <div className="cf-fitting" role="status">
      <Refusal error={asked.error} />
      {asked.data !== undefined && !asked.error && (
        <Text size="sm" fw={600}>
          {assets.length === 0
            ? t('rollouts.previewNobody')
            : t('rollouts.preview', {
                n: assets.length,
                offline: assets.filter((one) => !one.is_reachable).length,
                sitting: assets.filter((one) => one.in_sitting).length,
              })}
        </Text>
      )}
      {!hasWaves && <Names names={assets.map((one) => one.asset)} />}
      {hasWaves &&
        !asked.error &&
        waves.map((wave, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its place
          <div key={at}>
            <Text size="sm">
              {t('rollouts.waveAssets', { n: at + 1, count: wave.assets.length })}
            </Text>
            <Names names={wave.assets.map((one) => one.asset)} />
          </div>
        ))}
      {leftOut.length > 0 && (
        <Text size="sm" c="var(--cf-limited-text)">
          {t('rollouts.leftOut', { names: leftOut.map((one) => one.asset).join(', ') })}
        </Text>
      )}
    </div>
  )
}

const MOST_NAMES = 24

function Names({ names }: { names: readonly string[] }) {
  const more = names.length - MOST_NAMES
  return (
    <div className="cf-quiet cf-mono">
      {names.slice(0, MOST_NAMES).join(' ')}
      {more > 0 && ` … +${more}`}
    </div>
  )
}
