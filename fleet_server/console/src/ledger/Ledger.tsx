/** The ledger: what became of every record number, by asset and day. */

import { ActionIcon, Button, Group, Popover, Select, TextInput } from '@mantine/core'
import { IconHelp, IconPrinter, IconScale } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useAssets } from '../api/assets'
import { useNow } from '../api/live'
import { date } from '../app/format'
import { EmptyState, ErrorState, Loading, PageHeader } from '../app/parts'
import { useCourtNames } from '../assets/CourtInput'
import { FileButton } from '../assets/FileButton'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { useWords } from '../words'
import { Equation } from './Equation'
import { LedgerTable } from './LedgerTable'
import classes from './ledger.module.css'
import { CLASSES, type LedgerDay, missingAtEnd, sumOf } from './sums'
import { type Asked, useLedger, wanted } from './useLedger'

const DAY_MILLISECONDS = 86_400_000
const FIRST_DAYS = 7
const SHOWN = ['all', 'unstored', 'open'] as const
type Shown = (typeof SHOWN)[number]

export default function Ledger() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const today = useNow(DAY_MILLISECONDS / 24)
  const asked: Asked = {
    since: params.get('since') ?? date(today - (FIRST_DAYS - 1) * DAY_MILLISECONDS),
    until: params.get('until') ?? date(today),
    asset: params.get('asset') ?? '',
    court: params.get('court') ?? '',
  }
  const shown = SHOWN.find((word) => word === params.get('show')) ?? 'all'
  const ledger = useLedger(asked)
  const days = useMemo(
    () => (ledger.data ?? []).filter((day) => isShown(day, shown)),
    [ledger.data, shown],
  )
  const change = (name: string, value: string | null) => alter((now) => put(now, name, value))
  return (
    <div className={screens.screen}>
      <PageHeader title={t('screens.ledger')} note={t('ledger.counted', { n: days.length })}>
        {(['xlsx', 'csv'] as const).map((format) => (
          <FileButton
            key={format}
            file={{ path: '/ledger/export', query: { ...wanted(asked), format } }}
            label={t(format === 'xlsx' ? 'ledger.exportXlsx' : 'ledger.exportCsv')}
          />
        ))}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPrinter size={14} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('ledger.print')}
        </Button>
      </PageHeader>
      <Filters asked={asked} shown={shown} onChange={change} />
      {ledger.error ? (
        <ErrorState error={ledger.error} retry={() => void ledger.refetch()} />
      ) : ledger.data === undefined ? (
        <Loading />
      ) : (
        <>
          <Equation sums={sumOf(days)} missing={missingAtEnd(days)} />
          {days.length === 0 ? (
            <Nothing isFiltered={shown !== 'all'} />
          ) : (
            <LedgerTable days={days} />
          )}
        </>
      )}
    </div>
  )
}

function isShown(day: LedgerDay, shown: Shown): boolean {
  if (shown === 'all') return true
  if (day.missing_at_end > 0) return true
  return shown === 'unstored' && CLASSES.some((word) => word !== 'stored' && day[word] !== 0)
}

interface FilterProps {
  readonly asked: Asked
  readonly shown: Shown
  readonly onChange: (name: string, value: string | null) => void
}

function Filters({ asked, shown, onChange }: FilterProps) {
  const { t } = useWords()
  const courts = useCourtNames()
  const { assets } = useAssets()
  return (
    <Group className={screens.toolbar} gap="xs" role="search">
      <Day
        label={t('ledger.since')}
        value={asked.since}
        onChange={(day) => onChange('since', day)}
      />
      <Day
        label={t('ledger.until')}
        value={asked.until}
        onChange={(day) => onChange('until', day)}
      />
      <Select
        size="xs"
        w={220}
        searchable
        clearable
        aria-label={t('ledger.court')}
        placeholder={t('ledger.court')}
        data={withOwn(courts, asked.court)}
        value={asked.court || null}
        onChange={(court) => onChange('court', court)}
      />
      <Select
        size="xs"
        w={160}
        searchable
        clearable
        limit={80}
        aria-label={t('ledger.asset')}
        placeholder={t('ledger.asset')}
        data={withOwn([...assets.keys()], asked.asset)}
        value={asked.asset || null}
        onChange={(asset) => onChange('asset', asset)}
      />
      <Select
        size="xs"
        w={150}
        allowDeselect={false}
        aria-label={t('ledger.show.label')}
        data={SHOWN.map((word) => ({ value: word, label: t(`ledger.show.${word}`) }))}
        value={shown}
        onChange={(word) => onChange('show', word === 'all' ? null : word)}
      />
      <Help />
    </Group>
  )
}

/** The choices, and what the address asks for even when it is none of them. */
function withOwn(choices: readonly string[], own: string): string[] {
  return own === '' || choices.includes(own) ? [...choices] : [own, ...choices]
}

interface DayProps {
  readonly label: string
  readonly value: string
  readonly onChange: (day: string) => void
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <TextInput
      size="xs"
      w={140}
      type="date"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function Help() {
  const { t } = useWords()
  const words = ['head', ...CLASSES, 'missing_at_end'] as const
  return (
    <Popover width={380} position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" aria-label={t('ledger.help')} title={t('ledger.help')}>
          <IconHelp size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('ledger.help')} tabIndex={0}>
        <dl className={classes.help}>
          {words.map((word) => (
            <div key={word}>
              <dt>{t(`ledger.columns.${word}`)}</dt>
              <dd>{t(`ledger.means.${word}`)}</dd>
            </div>
          ))}
        </dl>
        {t('ledger.daily')}
      </Popover.Dropdown>
    </Popover>
  )
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const { t } = useWords()
  return (
    <EmptyState
      icon={<IconScale size={32} stroke={1.5} aria-hidden />}
      title={t(isFiltered ? 'ledger.nothingOpen' : 'ledger.empty')}
      note={t(isFiltered ? 'ledger.nothingOpenText' : 'ledger.emptyText')}
    />
  )
}
