/** One rollout: its waves and gates, each asset's state and reason, and what people may do. */
import { Anchor, Table } from '@mantine/core'
import { useEffect } from 'react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { ErrorState, Loading, PageHeader } from '../app/parts'
import screens from '../assets/screens.module.css'
import { asText } from '../playbooks/variables'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import { Actions } from './Actions'
import { ASK_MILLISECONDS, type Detail, ROLLOUT_TONES, STATES, VERDICT_TONES } from './rollouts'
import { Targets } from './Targets'
import { Bar } from './WaveBars'

export function RolloutPage({ id, onOpen }: { id: number; onOpen: (id: number) => void }) {
  const { t, language } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/rollouts/{rollout}',
    { params: { path: { rollout: id } } },
    {
      refetchInterval: (query) =>
        query.state.data?.is_active === false ? false : ASK_MILLISECONDS,
    },
  )
  const { refetch } = asked
  // Its sentences are the server's, and it may have stopped asking.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the language is what it depends on
  useEffect(() => void refetch(), [language, refetch])
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  const rollout = asked.data
  if (rollout === undefined) return <Loading />
  return (
    <div className={screens.screen}>
      <PageHeader
        title={`${t('screens.rollouts')} ${rollout.id}`}
        note={<Mark letter={ROLLOUT_TONES[rollout.state]} word={rollout.sentence} />}
      >
        <Actions rollout={rollout} onOpen={onOpen} />
      </PageHeader>
      <div className="cf-rollout">
        <Anchor component={Link} to="/rollouts">
          ← {t('rollouts.back')}
        </Anchor>
        <Head rollout={rollout} />
        <Waves rollout={rollout} />
        <Targets rollout={rollout} />
      </div>
    </div>
  )
}

function Head({ rollout }: { rollout: Detail }) {
  const { t } = useWords()
  const variables = asText(rollout.variables)
  const kind = [
    rollout.plan.is_check === true && t('rollouts.dryRun'),
    rollout.undoes !== null && t('rollouts.undoes', { id: rollout.undoes }),
  ].filter(Boolean)
  const facts: readonly (readonly [string, string])[] = [
    [t('rollouts.playbook'), [`${rollout.playbook} ${rollout.version}`, ...kind].join(' · ')],
    [t('rollouts.variables'), variables || t('rollouts.none')],
    [t('rollouts.madeBy'), `${rollout.made_by} · ${instant(rollout.made_at)}`],
    [t('rollouts.approvedBy'), rollout.approved_by],
    [t('rollouts.endsAt'), instant(rollout.ends_at)],
    [t('rollouts.atOnce'), String(rollout.plan.most_at_once)],
    [t('rollouts.why'), rollout.why],
  ]
  return (
    <dl className="cf-rollout-facts">
      {facts.map(
        ([label, value]) =>
          value !== '' && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Waves({ rollout }: { rollout: Detail }) {
  const { t } = useWords()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className="cf-wave-table" tabIndex={0} aria-label={t('rollouts.waves')}>
      <h2>{t('rollouts.waves')}</h2>
      <Table verticalSpacing="xs" aria-label={t('rollouts.waves')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('rollouts.wave')}</Table.Th>
            <Table.Th>{t('rollouts.verdict')}</Table.Th>
            <Table.Th>{t('rollouts.counts')}</Table.Th>
            <Table.Th>{t('rollouts.gate')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rollout.waves.map((wave) => (
            <Table.Tr key={wave.number} data-wave={wave.number}>
              <Table.Td>
                {t('rollouts.waveName', { n: wave.number })}
                <div className="cf-quiet">{wave.opened_at !== null && instant(wave.opened_at)}</div>
              </Table.Td>
              <Table.Td>
                <Mark letter={VERDICT_TONES[wave.verdict]} word={wave.sentence} />
                <div className="cf-quiet">
                  {wave.decided_at !== null && instant(wave.decided_at)}
                </div>
              </Table.Td>
              <Table.Td>
                <Bar wave={wave} />
                <div className="cf-quiet">
                  {STATES.filter((state) => wave.counts[state])
                    .map((state) => `${t(`rollouts.states.${state}`)} ${wave.counts[state]}`)
                    .join(' · ')}
                </div>
              </Table.Td>
              <Table.Td>{gateText(t, wave.gate)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function gateText(
  t: ReturnType<typeof useWords>['t'],
  gate: Detail['waves'][number]['gate'],
): string {
  const shares = { success: gate.success_percent, failure: gate.failure_percent }
  const minutes = Math.round((gate.soak_seconds ?? 0) / 60)
  return [
    t('rollouts.gateSays', shares),
    minutes > 0 && t('rollouts.soak', { minutes }),
    gate.checks_health === true && t('rollouts.health'),
  ]
    .filter(Boolean)
    .join(' · ')
}
