/** For tomorrow: who was asked to check itself, who was not woken, and what was found broken. */
import { Anchor, Table } from '@mantine/core'
import { Link } from 'react-router'
import { $api, type Schemas } from '../api/client'
import { instant } from '../app/format'
import { useWords } from '../words'
import { Mark } from './Mark'
import type { Letter } from './verdict'
import './readiness.css'

type Row = Schemas['WokenOut']

const ASK_MILLISECONDS = 10_000
const TONES = {
  broken: 'N',
  not_woken: 'P',
  unchecked: 'P',
  asked: 'U',
  proven: 'R',
} as const satisfies Record<Row['state'], Letter>

interface Props {
  readonly court: string | null
  readonly kind: string | null
}

export function Woken({ court, kind }: Props) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/readiness/tomorrow',
    {},
    { refetchInterval: ASK_MILLISECONDS },
  )
  const rows = (asked.data?.items ?? []).filter(
    (row) => (!court || row.court === court) && (!kind || row.kind === kind),
  )
  const first = rows[0]
  if (first === undefined) return null
  const well = rows.filter((row) => row.state === 'proven').length
  return (
    <section className="cf-woken" aria-label={t('waking.title')}>
      <h2>{t('waking.title')}</h2>
      <p className="cf-service-share">
        {t('waking.note', { at: instant(first.asked_at), well, all: rows.length })}
      </p>
      <Table verticalSpacing={4} aria-label={t('waking.title')}>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.asset} data-woken={row.asset}>
              <Table.Td>
                <Anchor component={Link} to={`/assets/${row.asset}?tab=readiness`} inherit>
                  <span className="cf-mono">{row.asset}</span>
                </Anchor>{' '}
                <span className="cf-service-share">{row.court}</span>
              </Table.Td>
              <Table.Td>
                <Mark letter={TONES[row.state]} word={row.word} />
              </Table.Td>
              <Table.Td>{row.broken.join(' ')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
