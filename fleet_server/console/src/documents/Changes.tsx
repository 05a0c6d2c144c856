/** Whose readiness would change, from verdict to verdict, and why. */

import { Spoiler, Table, Text } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import type { Schemas } from '../api/client'
import { Mark } from '../readiness/Mark'
import { toneOf } from '../readiness/verdict'
import { useWords } from '../words'
import './documents.css'

const MOST_ROWS = 200

export function Changes({ preview }: { preview: Schemas['Preview'] }) {
  const { t } = useWords()
  const { looked_at: all, items } = preview
  const told = t('documents.changes', { count: items.length, all })
  if (items.length === 0) return <Text size="sm">{t('documents.noChange', { all })}</Text>
  return (
    <section aria-label={told}>
      <Text fw={600} role="status">
        {told}
      </Text>
      <Spoiler maxHeight={300} showLabel={t('app.more')} hideLabel={t('documents.less')}>
        <Table verticalSpacing={4} aria-label={told}>
          <Table.Tbody>
            {items.slice(0, MOST_ROWS).map((row) => (
              <Table.Tr key={row.asset} data-asset={row.asset}>
                <Table.Td>
                  <span className="cf-mono">{row.asset}</span>
                  <div className="cf-quiet">{row.court}</div>
                </Table.Td>
                <Table.Td>
                  {row.changes.map((one) => (
                    <Change key={one.service} change={one} />
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {items.length > MOST_ROWS && (
          <Text size="xs">{t('documents.andMore', { n: items.length - MOST_ROWS })}</Text>
        )}
      </Spoiler>
    </section>
  )
}

function Change({ change }: { change: Schemas['VerdictChange'] }) {
  const { t } = useWords()
  const before = toneOf(change.before)
  const after = toneOf(change.after)
  return (
    <div className="cf-change" data-service={change.service}>
      <b>{change.label}</b>
      <Mark letter={before} word={t(`readiness.letters.${before}`)} />
      <IconArrowRight size={13} aria-label="→" />
      <Mark letter={after} word={t(`readiness.letters.${after}`)} />
      <span className="cf-quiet">{change.reason}</span>
    </div>
  )
}
