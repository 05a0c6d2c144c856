/** The ledger's rows, a line a day, asset and stream, with their sum below. */

import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { number } from '../app/format'
import { type Column, VirtualTable } from '../assets/VirtualTable'
import { useWords } from '../words'
import classes from './ledger.module.css'
import { CLASSES, type LedgerDay, missingAtEnd, sumOf } from './sums'

interface Props {
  readonly days: readonly LedgerDay[]
  /** Leaves out the columns that say whose it is. */
  readonly isOneAsset?: boolean
}

const NUMBERS = ['head', ...CLASSES, 'missing_at_end'] as const

export function LedgerTable({ days, isOneAsset = false }: Props) {
  const { t } = useWords()
  const owner: Column<LedgerDay>[] = [
    { id: 'asset', title: t('ledger.asset'), width: 130, cell: AssetLink },
    { id: 'court', title: t('ledger.court'), width: 200, grows: true, cell: (day) => day.court },
  ]
  const columns: Column<LedgerDay>[] = [
    { id: 'day', title: t('ledger.day'), width: 110, cell: (day) => day.day },
    ...(isOneAsset ? [] : owner),
    {
      id: 'stream',
      title: t('ledger.stream'),
      width: 84,
      cell: (day) => streamName(t, day.stream),
    },
    ...NUMBERS.map(
      (word): Column<LedgerDay> => ({
        id: word,
        title: t(`ledger.columns.${word}`),
        width: word === 'missing_at_end' ? 124 : 96,
        isNumber: true,
        cell: (day) => <Amount word={word} value={day[word]} />,
      }),
    ),
  ]
  const sums = { ...sumOf(days), missing_at_end: missingAtEnd(days) }
  return (
    <VirtualTable
      label={t('ledger.table')}
      columns={columns}
      rows={days}
      keyOf={(day) => `${day.day} ${day.asset} ${day.stream}`}
      rowHeight={34}
      footer={
        <tr>
          <td colSpan={columns.length - NUMBERS.length}>{t('ledger.total')}</td>
          {NUMBERS.map((word) => (
            <td key={word} style={{ textAlign: 'end' }} data-total={word}>
              {number(sums[word], '', 0)}
            </td>
          ))}
        </tr>
      }
    />
  )
}

type Translate = ReturnType<typeof useWords>['t']

export function streamName(t: Translate, stream: string): string {
  return stream === 'reports' || stream === 'events' ? t(`ledger.streams.${stream}`) : stream
}

function AssetLink(day: LedgerDay) {
  return (
    <Anchor component={Link} className="cf-mono" to={`/assets/${day.asset}?tab=ledger`} inherit>
      {day.asset}
    </Anchor>
  )
}

function Amount({ word, value }: { word: (typeof NUMBERS)[number]; value: number }) {
  const isBad = value > 0 && word !== 'head' && word !== 'stored' && word !== 'missing'
  const look = isBad ? classes.bad : value === 0 ? classes.nought : undefined
  return <span className={look}>{number(value, '', 0)}</span>
}
