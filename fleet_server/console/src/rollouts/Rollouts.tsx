/** Rollouts: all, one (`?id=7`), a new one (`?do=new`), or what limits them (`?do=upkeep`). */
import { Anchor, Button, Table } from '@mantine/core'
import { IconClockCog, IconPlus, IconRocket } from '@tabler/icons-react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useMay } from '../app/session'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import { RolloutPage } from './RolloutPage'
import './rollouts.css'
import { ASK_MILLISECONDS, hasEnded, ROLLOUT_TONES, type Rollout } from './rollouts'
import { Upkeep } from './Upkeep'
import { WaveBars } from './WaveBars'
import { Wizard } from './Wizard'

export default function Rollouts() {
  const [params, alter] = useAddress()
  const id = Number(params.get('id') ?? '')
  const open = (rollout: number) =>
    alter((now) => {
      put(now, 'id', String(rollout))
      now.delete('do')
    })
  return (
    <>
      {id > 0 ? (
        <RolloutPage key={id} id={id} onOpen={open} />
      ) : params.get('do') === 'upkeep' ? (
        <Upkeep />
      ) : (
        <All onStart={() => alter((now) => put(now, 'do', 'new'))} />
      )}
      {params.get('do') === 'new' && (
        <Wizard onOpen={open} onClose={() => alter((now) => put(now, 'do', null))} />
      )}
    </>
  )
}

function All({ onStart }: { onStart: () => void }) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const asked = $api.useQuery(
    'get',
    '/api/v1/rollouts',
    { params: { query: { limit: 200 } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  const items = asked.data?.items ?? []
  const button = mayOperate && (
    <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={onStart}>
      {t('rollouts.start')}
    </Button>
  )
  return (
    <div className={screens.screen}>
      <PageHeader
        title={t('screens.rollouts')}
        note={t('rollouts.note', {
          active: items.filter((one) => !hasEnded(one)).length,
          all: items.length,
        })}
      >
        <Button
          size="xs"
          variant="default"
          component={Link}
          to="/rollouts?do=upkeep"
          leftSection={<IconClockCog size={14} aria-hidden />}
        >
          {t('rollouts.upkeep')}
        </Button>
        {button}
      </PageHeader>
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : items.length === 0 ? (
        <EmptyState
          icon={<IconRocket size={32} stroke={1.5} aria-hidden />}
          title={t('rollouts.empty')}
          note={t('rollouts.emptyText')}
        />
      ) : (
        <Rows items={items} />
      )}
    </div>
  )
}

function Rows({ items }: { items: readonly Rollout[] }) {
  const { t } = useWords()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className="cf-rollouts" tabIndex={0} aria-label={t('rollouts.table')}>
      <Table verticalSpacing="xs" stickyHeader aria-label={t('rollouts.table')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('rollouts.id')}</Table.Th>
            <Table.Th>{t('rollouts.playbook')}</Table.Th>
            <Table.Th>{t('rollouts.state')}</Table.Th>
            <Table.Th>{t('rollouts.progress')}</Table.Th>
            <Table.Th>{t('rollouts.madeBy')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.id} data-rollout={one.id}>
              <Table.Td className="cf-mono">{one.id}</Table.Td>
              <Table.Td>
                <Anchor component={Link} to={`/rollouts?id=${one.id}`} inherit>
                  {one.playbook}
                </Anchor>{' '}
                <small>{one.version}</small>
                <Kind rollout={one} />
              </Table.Td>
              <Table.Td>
                <Mark letter={ROLLOUT_TONES[one.state]} word={one.sentence} />
              </Table.Td>
              <Table.Td>
                <WaveBars waves={one.waves} />
              </Table.Td>
              <Table.Td>
                {one.made_by}
                <div className="cf-quiet">{instant(one.made_at).slice(0, -3)}</div>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Kind({ rollout }: { rollout: Rollout }) {
  const { t } = useWords()
  const said = [
    rollout.plan.is_check === true && t('rollouts.dryRun'),
    rollout.undoes !== null && t('rollouts.undoes', { id: rollout.undoes }),
    rollout.why,
  ].filter(Boolean)
  return said.length > 0 && <div className="cf-quiet">{said.join(' · ')}</div>
}
