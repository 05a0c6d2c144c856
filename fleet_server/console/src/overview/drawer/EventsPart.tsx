/** What happened on the asset last. */

import { $api } from '../../api/client'
import { instant } from '../../app/format'
import { useWords } from '../../words'
import { Part } from './Readings'

const MOST_EVENTS = 8

export function EventsPart({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/events',
    { params: { path: { asset }, query: { limit: MOST_EVENTS } } },
    { refetchInterval: 10_000 },
  )
  if (asked.data === undefined) return null
  return (
    <Part title={t('overview.drawer.events')}>
      {asked.data.items.length === 0 && (
        <p className="cf-hint">{t('overview.drawer.eventsNone')}</p>
      )}
      <ol className="cf-events">
        {asked.data.items.map((event) => (
          <li key={event.id}>
            <time className="cf-mono" dateTime={event.measured_at ?? event.received_at}>
              {instant(event.measured_at ?? event.received_at)}
            </time>
            <span>{event.sentence}</span>
          </li>
        ))}
      </ol>
    </Part>
  )
}
