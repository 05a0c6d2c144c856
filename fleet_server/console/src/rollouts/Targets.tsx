/** Each asset of a rollout: where it stands and why; the state filters. */
import { Anchor, Chip, Group } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { put, useAddress } from '../assets/useAddress'
import { type Column, VirtualTable } from '../assets/VirtualTable'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import { type Detail, STATE_TONES, STATES, type Target } from './rollouts'

export function Targets({ rollout }: { rollout: Detail }) {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const chosen = STATES.find((state) => state === params.get('state')) ?? null
  const sorted = useMemo(
    () =>
      rollout.targets.toSorted(
        (one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state),
      ),
    [rollout.targets],
  )
  const rows = chosen === null ? sorted : sorted.filter((one) => one.state === chosen)
  const columns = useColumns(rollout.plan.is_check === true)
  const count = (state: Target['state']) =>
    rollout.targets.filter((one) => one.state === state).length
  return (
    <section className="cf-targets" aria-label={t('rollouts.targets')}>
      <h2>{t('rollouts.targets')}</h2>
      <Group gap={6} mb="xs" role="group" aria-label={t('rollouts.filter')}>
        <Chip
          size="xs"
          checked={chosen === null}
          onChange={() => alter((now) => put(now, 'state', null))}
        >
          {t('rollouts.all', { n: rollout.targets.length })}
        </Chip>
        {STATES.filter((state) => count(state) > 0).map((state) => (
          <Chip
            key={state}
            size="xs"
            checked={chosen === state}
            onChange={(isOn) => alter((now) => put(now, 'state', isOn ? state : null))}
          >
            {t(`rollouts.states.${state}`)} {count(state)}
          </Chip>
        ))}
      </Group>
      <VirtualTable
        label={t('rollouts.targets')}
        columns={columns}
        rows={rows}
        keyOf={(one) => one.asset}
      />
    </section>
  )
}

function useColumns(isCheck: boolean): Column<Target>[] {
  const { t } = useWords()
  return [
    { id: 'asset', title: t('rollouts.asset'), width: 120, cell: AssetLink },
    { id: 'wave', title: t('rollouts.wave'), width: 70, isNumber: true, cell: (one) => one.wave },
    {
      id: 'state',
      title: t('rollouts.state'),
      width: 130,
      cell: (one) => (
        <Mark letter={STATE_TONES[one.state]} word={t(`rollouts.states.${one.state}`)} />
      ),
    },
    {
      id: 'reason',
      title: t('rollouts.reason'),
      width: 260,
      grows: true,
      cell: (one) => one.sentence,
    },
    {
      id: 'result',
      title: t('rollouts.result'),
      width: 240,
      grows: true,
      cell: ({ recap }) =>
        recap === null
          ? ''
          : recap.failed_task !== ''
            ? t('rollouts.failedTask', { task: recap.failed_task })
            : t(isCheck ? 'rollouts.wouldChange' : 'rollouts.changed', { n: recap.changed }),
    },
    { id: 'court', title: t('rollouts.court'), width: 200, cell: (one) => one.court },
  ]
}

function AssetLink(one: Target) {
  return (
    <Anchor component={Link} to={`/assets/${one.asset}`} className="cf-mono" inherit>
      {one.asset}
    </Anchor>
  )
}
