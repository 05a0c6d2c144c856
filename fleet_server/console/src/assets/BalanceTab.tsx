/** What became of an asset's record numbers: by epoch, closed ones included, and by day. */

import { Anchor, Table } from '@mantine/core'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { number } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { Equation } from '../ledger/Equation'
import { LedgerTable, streamName } from '../ledger/LedgerTable'
import { CLASSES, sumOf } from '../ledger/sums'
import { useLedger } from '../ledger/useLedger'
import { useWords } from '../words'
import classes from './screens.module.css'

const ASK_MILLISECONDS = 5000
const NUMBERS = ['head', ...CLASSES] as const

export function BalanceTab({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/balance',
    { params: { path: { asset } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const { items } = asked.data
  if (items.length === 0) return <EmptyState title={t('assets.balance.empty')} />
  const sums = sumOf(items)
  return (
    <>
      <Equation sums={sums} missing={sums.missing} />
      <section className={classes.wide}>
        <h2 className={classes.heading}>{t('assets.balance.byEpoch')}</h2>
        <Table verticalSpacing="xs" aria-label={t('assets.balance.byEpoch')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('assets.balance.epoch')}</Table.Th>
              <Table.Th>{t('assets.balance.stream')}</Table.Th>
              {NUMBERS.map((word) => (
                <Table.Th key={word} ta="end">
                  {t(`ledger.columns.${word}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={`${one.stream} ${one.epoch}`} data-closed={one.is_closed}>
                <Table.Td>
                  <span className="cf-mono">{one.epoch}</span>{' '}
                  {t(one.is_closed ? 'assets.balance.closed' : 'assets.balance.open')}
                </Table.Td>
                <Table.Td>{streamName(t, one.stream)}</Table.Td>
                {NUMBERS.map((word) => (
                  <Table.Td key={word} ta="end" data-class={word}>
                    {number(one[word], '', 0)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <Days asset={asset} />
    </>
  )
}

function Days({ asset }: { asset: string }) {
  const { t } = useWords()
  const ledger = useLedger({ since: '', until: '', asset, court: '' })
  return (
    <section className={classes.wide}>
      <h2 className={classes.heading}>
        {t('assets.balance.byDay')}{' '}
        <Anchor component={Link} to={`/ledger?asset=${asset}`} size="xs">
          {t('assets.balance.whole')}
        </Anchor>
      </h2>
      {ledger.error ? (
        <ErrorState error={ledger.error} retry={() => void ledger.refetch()} />
      ) : ledger.data === undefined ? (
        <Loading />
      ) : ledger.data.length === 0 ? (
        <EmptyState title={t('assets.balance.noDays')} />
      ) : (
        <LedgerTable days={ledger.data} isOneAsset />
      )}
    </section>
  )
}
