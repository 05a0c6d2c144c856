/** Which asset can serve, now or later: all of them for one service, the worst first. */
import { Anchor, Button, Group, Select, Table, TextInput } from '@mantine/core'
import { IconGavel, IconPrinter } from '@tabler/icons-react'
import { Link } from 'react-router'
import { $api, type Schemas } from '../api/client'
import { useNow } from '../api/live'
import { date } from '../app/format'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useCourtNames } from '../assets/CourtInput'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { useWords } from '../words'
import { Lacks } from './Lacks'
import { Mark } from './Mark'
import type { Tone } from './services'
import { letterOf } from './verdict'
import { Woken } from './Woken'
import './readiness.css'

type Row = Schemas['BoardRow']
type Service = Schemas['ServiceOut']

const ASK_MILLISECONDS = 5_000
const MINUTE_MILLISECONDS = 60_000
const DAY_MILLISECONDS = 86_400_000
const KINDS = ['vehicle', 'backpack', 'clinic', 'station'] as const
const WHENS = ['now', 'tomorrow', 'later'] as const
type When = (typeof WHENS)[number]

export default function Board() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const services = $api.useQuery('get', '/api/v1/services').data?.items ?? []
  const service = params.get('service') ?? services[0]?.name ?? 'hearing'
  const when = WHENS.find((word) => word === params.get('when')) ?? 'now'
  const at = useInstant(when, params.get('at') ?? '')
  const asked = $api.useQuery(
    'get',
    '/api/v1/readiness',
    { params: { query: at === undefined ? { service } : { service, at } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  const rows = (asked.data?.items ?? []).filter(
    (row) =>
      (!params.get('court') || row.court === params.get('court')) &&
      (!params.get('kind') || row.kind === params.get('kind')),
  )
  const change = (name: string, value: string | null) => alter((now) => put(now, name, value))
  const label = services.find((one) => one.name === service)?.label ?? service
  const ready = rows.filter((row) => row.verdict?.readiness === 'ready').length
  return (
    <div className={screens.screen}>
      <PageHeader
        title={t('readiness.title')}
        note={t('readiness.counted', { service: label, ready, all: rows.length })}
      >
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPrinter size={14} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('readiness.print')}
        </Button>
      </PageHeader>
      <Filters
        services={services}
        service={service}
        when={when}
        params={params}
        onChange={change}
      />
      {when === 'tomorrow' && <Woken court={params.get('court')} kind={params.get('kind')} />}
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<IconGavel size={32} stroke={1.5} aria-hidden />}
          title={t('readiness.empty')}
          note={t('readiness.emptyText')}
        />
      ) : (
        <Rows rows={rows} services={services} />
      )}
    </div>
  )
}

/** The instant asked for, ISO 8601; undefined is now. Days are those of Chongqing. */
function useInstant(when: When, typed: string): string | undefined {
  const now = useNow(MINUTE_MILLISECONDS)
  if (when === 'tomorrow') return `${date(now + DAY_MILLISECONDS)}T09:00:00+08:00`
  if (when === 'later' && typed !== '') return `${typed}:00+08:00`
  return undefined
}

interface FilterProps {
  readonly services: readonly Service[]
  readonly service: string
  readonly when: When
  readonly params: URLSearchParams
  readonly onChange: (name: string, value: string | null) => void
}

function Filters({ services, service, when, params, onChange }: FilterProps) {
  const { t } = useWords()
  const courts = useCourtNames()
  return (
    <Group className={screens.toolbar} gap="xs" role="search">
      <Select
        size="xs"
        w={180}
        allowDeselect={false}
        aria-label={t('readiness.service')}
        data={services.map((one) => ({ value: one.name, label: one.label }))}
        value={service}
        onChange={(value) => onChange('service', value)}
      />
      <Select
        size="xs"
        w={140}
        allowDeselect={false}
        aria-label={t('readiness.when')}
        data={WHENS.map((word) => ({ value: word, label: t(`readiness.${word}`) }))}
        value={when}
        onChange={(value) => onChange('when', value === 'now' ? null : value)}
      />
      {when === 'later' && (
        <TextInput
          size="xs"
          w={190}
          type="datetime-local"
          aria-label={t('readiness.at')}
          value={params.get('at') ?? ''}
          onChange={(event) => onChange('at', event.currentTarget.value)}
        />
      )}
      <Select
        size="xs"
        w={220}
        searchable
        clearable
        aria-label={t('readiness.court')}
        placeholder={t('readiness.court')}
        data={[...courts]}
        value={params.get('court')}
        onChange={(value) => onChange('court', value)}
      />
      <Select
        size="xs"
        w={120}
        clearable
        aria-label={t('readiness.kind')}
        placeholder={t('readiness.kind')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={params.get('kind')}
        onChange={(value) => onChange('kind', value)}
      />
      {when !== 'now' && <span className="cf-service-share">{t('readiness.expected')}</span>}
    </Group>
  )
}

const MOST_REASONS = 3

function Rows({ rows, services }: { rows: readonly Row[]; services: readonly Service[] }) {
  const { t } = useWords()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className="cf-board" tabIndex={0} aria-label={t('readiness.table')}>
      <Table verticalSpacing="xs" stickyHeader aria-label={t('readiness.table')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('readiness.asset')}</Table.Th>
            <Table.Th>{t('readiness.verdict')}</Table.Th>
            <Table.Th>{t('readiness.reasons')}</Table.Th>
            <Table.Th>{t('readiness.services')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <BoardLine key={row.asset} row={row} services={services} />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function BoardLine({ row, services }: { row: Row; services: readonly Service[] }) {
  const { t } = useWords()
  return (
    <Table.Tr data-asset={row.asset}>
      <Table.Td>
        <Anchor component={Link} to={`/assets/${row.asset}?tab=readiness`} inherit>
          <span className="cf-mono">{row.asset}</span>
        </Anchor>{' '}
        {t(`kind.${row.kind}`)}
        <div className="cf-service-share">{row.court}</div>
      </Table.Td>
      <Table.Td>
        {row.verdict !== null && <Mark letter={letterOf(row.verdict)} word={row.verdict.word} />}
        <div className="cf-service-share">{row.verdict?.self_checked}</div>
      </Table.Td>
      <Table.Td>
        {row.verdict !== null && <Lacks reasons={row.verdict.reasons} most={MOST_REASONS} />}
      </Table.Td>
      <Table.Td>
        <span className="cf-verdicts">
          {[...row.letters].map((letter, at) => (
            <Mark
              key={services[at]?.name ?? at}
              letter={letter as Tone}
              about={services[at]?.label}
            />
          ))}
        </span>
      </Table.Td>
    </Table.Tr>
  )
}
