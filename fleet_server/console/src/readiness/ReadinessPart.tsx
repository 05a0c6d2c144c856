/** In the drawer: a mark a service, and what is missing for the first of them. */
import { Anchor } from '@mantine/core'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { Part } from '../overview/drawer/Readings'
import { useWords } from '../words'
import { Lacks } from './Lacks'
import { Mark } from './Mark'
import { letterOf } from './verdict'
import './readiness.css'

const ASK_MILLISECONDS = 5_000
const MOST_REASONS = 4

export default function ReadinessPart({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/readiness',
    { params: { path: { asset } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  const verdicts = asked.data?.items ?? []
  const first = verdicts[0]
  if (first === undefined) return null
  return (
    <Part title={t('readiness.title')}>
      <div className="cf-service">
        <div className="cf-service-head">
          <b>{first.label}</b>
          <span className="cf-service-share">{first.self_checked}</span>
          <Mark letter={letterOf(first)} word={first.word} />
        </div>
        <Lacks reasons={first.reasons} most={MOST_REASONS} />
      </div>
      <div className="cf-service">
        <div className="cf-service-head">
          <Anchor component={Link} to={`/assets/${asset}?tab=readiness`} size="xs">
            {t('readiness.services')}
          </Anchor>
          <span className="cf-verdicts">
            {verdicts.map((one) => (
              <Mark key={one.service} letter={letterOf(one)} about={one.label} />
            ))}
          </span>
        </div>
      </div>
    </Part>
  )
}
