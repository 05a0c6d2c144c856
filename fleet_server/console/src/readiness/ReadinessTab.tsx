/** One asset: what it can do for each service, what is missing, and how long it was ready. */
import { $api } from '../api/client'
import { number } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import classes from '../assets/screens.module.css'
import { useWords } from '../words'
import { Lacks } from './Lacks'
import { Mark } from './Mark'
import { letterOf } from './verdict'
import './readiness.css'

const ASK_MILLISECONDS = 5_000
const SHARES_MILLISECONDS = 60_000

export function ReadinessTab({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/readiness',
    { params: { path: { asset } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  const shares = useShares(asset)
  if (asked.data === undefined) {
    if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
    return <Loading />
  }
  if (asked.data.items.length === 0) {
    return <EmptyState title={t('readiness.nothing')} note={t('readiness.nothingText')} />
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className={classes.wide} tabIndex={0} aria-label={t('readiness.title')}>
      {asked.data.items.map((verdict) => (
        <div key={verdict.service} className="cf-service" data-service={verdict.service}>
          <div className="cf-service-head">
            <b>{verdict.label}</b>
            <span className="cf-service-share">
              {shares.has(verdict.service) &&
                `${t('readiness.readyShare')} ${number(shares.get(verdict.service), '%', 0)}`}
            </span>
            <span className="cf-service-share">{verdict.self_checked}</span>
            <Mark letter={letterOf(verdict)} word={verdict.word} />
          </div>
          <Lacks reasons={verdict.reasons} />
        </div>
      ))}
    </section>
  )
}

/** How much of the judged time an asset was ready, percent by service. */
function useShares(asset: string): ReadonlyMap<string, number> {
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/readiness/history',
    { params: { path: { asset } } },
    { refetchInterval: SHARES_MILLISECONDS },
  )
  const found = new Map<string, number>()
  for (const { service, seconds } of asked.data?.items ?? []) {
    const all = Object.values(seconds).reduce((sum, one) => sum + one, 0)
    if (all > 0) found.set(service, (100 * (seconds.ready ?? 0)) / all)
  }
  return found
}
