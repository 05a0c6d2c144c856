/** How each asset compares with what is desired of it, worst first. */
import { Anchor, Chip, Group, Table } from '@mantine/core'
import { IconSettingsCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import screens from '../assets/screens.module.css'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import { ASK_MILLISECONDS, STATE_TONES, STATES, type Standing, type State } from './configuration'

interface Props {
  readonly counts: Readonly<Partial<Record<State, number>>>
}

export function Standings({ counts }: Props) {
  const { t, language } = useWords()
  const [state, setState] = useState<State | null>(null)
  const asked = $api.useQuery(
    'get',
    '/api/v1/configuration/assets',
    { headers: { 'accept-language': language } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const items = asked.data.items
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<IconSettingsCheck size={32} stroke={1.5} aria-hidden />}
        title={t('configuration.emptyAssets')}
        note={t('configuration.emptyAssetsNote')}
      />
    )
  }
  const chosen = items
    .filter((one) => state === null || one.state === state)
    .sort((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state))
  return (
    <div className={screens.screen}>
      <Group
        className={screens.toolbar}
        gap={6}
        role="group"
        aria-label={t('configuration.filter')}
      >
        <Chip size="xs" checked={state === null} onChange={() => setState(null)}>
          {t('configuration.all', { n: items.length })}
        </Chip>
        {STATES.filter((one) => counts[one]).map((one) => (
          <Chip key={one} size="xs" checked={state === one} onChange={() => setState(one)}>
            {t(`configuration.states.${one}`)} {counts[one]}
          </Chip>
        ))}
      </Group>
      <Rows items={chosen} />
    </div>
  )
}

function Rows({ items }: { items: readonly Standing[] }) {
  const { t } = useWords()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className="cf-standings" tabIndex={0} aria-label={t('configuration.table')}>
      <Table verticalSpacing="xs" stickyHeader aria-label={t('configuration.table')}>
        <Table.Thead>
          <Table.Tr>
            {(['asset', 'court', 'state', 'hold', 'difference'] as const).map((column) => (
              <Table.Th key={column}>{t(`configuration.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.asset} data-asset={one.asset}>
              <Table.Td>
                <Anchor component={Link} to={`/assets/${one.asset}?tab=configuration`} inherit>
                  {one.asset}
                </Anchor>
                <div className="cf-quiet">{one.name}</div>
              </Table.Td>
              <Table.Td>{one.court}</Table.Td>
              <Table.Td>
                <Mark letter={STATE_TONES[one.state]} word={one.sentence} />
              </Table.Td>
              <Table.Td>{one.held || '–'}</Table.Td>
              <Table.Td>
                <Differing one={one} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

export function Differing({ one }: { one: Pick<Standing, 'differs' | 'waiting'> }) {
  const { t } = useWords()
  if (one.differs.length === 0 && one.waiting.length === 0) return '–'
  return (
    <>
      {one.differs.map((file) => (
        <div key={file} className="cf-mono">
          {file}
        </div>
      ))}
      {one.waiting.length > 0 && (
        <div>{t('configuration.waitingFor', { list: one.waiting.join(', ') })}</div>
      )}
    </>
  )
}
