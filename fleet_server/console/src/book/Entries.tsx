/** The book's lines. */

import { Button, Table, UnstyledButton } from '@mantine/core'
import { IconDoorEnter } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useNow } from '../api/live'
import { age, instant, number } from '../app/format'
import { useWords } from '../words'
import './book.css'
import type { Counted, Entry } from './entries'

const TICK_MILLISECONDS = 30_000
const SECONDS = 3

interface Props {
  readonly entries: readonly Entry[]
  readonly more: (() => void) | null
  readonly mayOperate: boolean
  readonly onAsset: (asset: string) => void
  readonly onGive: (entry: Entry) => void
}

const COLUMNS = ['backpack', 'who', 'carrier', 'outAt', 'dueAt', 'backAt', 'instruments'] as const

export function Entries({ entries, more, mayOperate, onAsset, onGive }: Props) {
  const { t } = useWords()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className="cf-book" tabIndex={0} aria-label={t('book.table')}>
      <Table verticalSpacing="xs" stickyHeader aria-label={t('book.table')}>
        <Table.Thead>
          <Table.Tr>
            {COLUMNS.map((column) => (
              <Table.Th key={column}>{t(`book.${column}`)}</Table.Th>
            ))}
            {mayOperate && (
              <Table.Th>
                <span className="cf-unseen">{t('book.give')}</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.id} data-entry={entry.asset} data-overdue={entry.is_overdue}>
              <Table.Td>
                <UnstyledButton
                  className="cf-link cf-mono"
                  title={t('book.history', { asset: entry.asset })}
                  onClick={() => onAsset(entry.asset)}
                >
                  {entry.asset}
                </UnstyledButton>
              </Table.Td>
              <Table.Td>
                {entry.who}
                <div className="cf-quiet">{entry.purpose}</div>
              </Table.Td>
              <Table.Td>
                {t(`book.carriers.${entry.carrier}`)}{' '}
                {entry.vehicle !== null && (
                  <Link to={`/assets/${entry.vehicle}`} className="cf-mono">
                    {entry.vehicle}
                  </Link>
                )}
              </Table.Td>
              <Table.Td className="cf-instant">{minutes(entry.out_at)}</Table.Td>
              <Table.Td className="cf-instant">
                {minutes(entry.due_at)}
                {entry.is_overdue && <Overdue due={entry.due_at} />}
              </Table.Td>
              <Table.Td className="cf-instant">
                {entry.back_at === null ? t('book.stillOut') : minutes(entry.back_at)}
              </Table.Td>
              <Table.Td>
                <Instruments entry={entry} />
              </Table.Td>
              {mayOperate && (
                <Table.Td ta="end">
                  {entry.back_at === null && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      leftSection={<IconDoorEnter size={14} aria-hidden />}
                      onClick={() => onGive(entry)}
                    >
                      {t('book.give')}
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {more !== null && (
        <Button m="md" size="xs" variant="default" onClick={more}>
          {t('book.older')}
        </Button>
      )}
    </section>
  )
}

/** Without seconds: nobody writes those into a book. */
function minutes(moment: string): string {
  return instant(moment).slice(0, -SECONDS)
}

function Overdue({ due }: { due: string }) {
  const { t } = useWords()
  const now = useNow(TICK_MILLISECONDS)
  return <div className="cf-overdue">{t('book.overdue', { age: age(now - Date.parse(due)) })}</div>
}

function Instruments({ entry }: { entry: Entry }) {
  const { t } = useWords()
  const out = entry.counted_out.filter((one) => one.is_there)
  const counted = entry.back_at === null ? out : entry.counted_in.filter((one) => one.is_there)
  return (
    <>
      <div>{counted.length === 0 ? t('book.nothingCounted') : counted.map(toldOf).join(' · ')}</div>
      {entry.back_at !== null && out.length > 0 && (
        <div className={entry.missing.length > 0 ? 'cf-overdue' : 'cf-quiet'}>
          {entry.missing.length > 0
            ? t('book.missing', { names: entry.missing.join(' · ') })
            : t('book.allBack')}
        </div>
      )}
      {entry.note !== '' && <div className="cf-quiet">{entry.note}</div>}
    </>
  )
}

function toldOf({ name, battery_percent: level }: Counted): string {
  return level === null || level === undefined ? name : `${name} ${number(level, '%', 0)}`
}
