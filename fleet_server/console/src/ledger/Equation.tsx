/** The promise of the ledger in numbers and in words: every number is somewhere. */

import { Text } from '@mantine/core'
import { IconAlertCircle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { Fragment } from 'react'
import { number } from '../app/format'
import { useWords } from '../words'
import classes from './ledger.module.css'
import { CLASSES, type Sums, verdictOf } from './sums'

const ICONS = { closed: IconCircleCheck, explained: IconInfoCircle, open: IconAlertCircle } as const

interface Props {
  readonly sums: Sums
  /** How many have not arrived by now. */
  readonly missing: number
}

export function Equation({ sums, missing }: Props) {
  const { t } = useWords()
  const verdict = verdictOf(sums, missing)
  const unstored = sums.set_aside + sums.dropped + sums.lost
  const Icon = ICONS[verdict]
  return (
    <div className={classes.equation}>
      <dl aria-label={t('ledger.equation')} title={t('ledger.equation')}>
        <Term word="head" value={sums.head} />
        {CLASSES.map((word, place) => (
          <Fragment key={word}>
            <span aria-hidden>{place === 0 ? '=' : '+'}</span>
            <Term word={word} value={sums[word]} />
          </Fragment>
        ))}
      </dl>
      <Text className={classes.verdict} data-verdict={verdict} role="status">
        <Icon size={16} aria-hidden />
        {t(`ledger.${verdict}`, { n: verdict === 'open' ? missing : unstored })}
      </Text>
    </div>
  )
}

function Term({ word, value }: { word: 'head' | (typeof CLASSES)[number]; value: number }) {
  const { t } = useWords()
  return (
    <div data-class={word} data-value={value}>
      <dt title={t(`ledger.means.${word}`)}>{t(`ledger.columns.${word}`)}</dt>
      <dd>{number(value, '', 0)}</dd>
    </div>
  )
}
