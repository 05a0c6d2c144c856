/** What the last check found that applying would change, as a diff. */
import { Text } from '@mantine/core'
import { $api } from '../api/client'
import { ErrorState } from '../app/parts'
import classes from '../assets/screens.module.css'
import { StateMark } from '../orders/state'
import { useWords } from '../words'
import { ASK_MILLISECONDS } from './configuration'

export function LastCheck({ asset }: { asset: string }) {
  const { t, language } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/configuration/diff',
    { params: { path: { asset } }, headers: { 'accept-language': language } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  const found = asked.data
  if (found === undefined) return null
  return (
    <section className={classes.wide} aria-label={t('configuration.lastCheck')}>
      <h2 className={classes.heading}>{t('configuration.lastCheck')}</h2>
      {found.order === null && (
        <Text size="sm" c="var(--cf-quiet)">
          {t('configuration.neverChecked')}
        </Text>
      )}
      {found.state !== null && found.changes === null && (
        <StateMark state={found.state} sentence={found.sentence} />
      )}
      {found.order !== null && !found.is_current && (
        <Text size="sm">{t('configuration.checkedOld')}</Text>
      )}
      {found.changes?.length === 0 && <Text size="sm">{t('configuration.noDifference')}</Text>}
      {found.changes?.map((one) => (
        <div key={one.task} className="cf-diff">
          <h3>{one.task}</h3>
          {one.text === '' ? (
            <Text size="sm" c="var(--cf-quiet)">
              {t('configuration.noDetail')}
            </Text>
          ) : (
            <Diff text={one.text} />
          )}
        </div>
      ))}
    </section>
  )
}

const TONES: Readonly<Record<string, string>> = { '+': 'in', '-': 'out', '@': 'at' }

function Diff({ text }: { text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <pre className="cf-order-text" tabIndex={0}>
      {text.split('\n').map((line, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a diff's lines are only ever shown
        <span key={place} data-line={TONES[line.charAt(0)]}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
