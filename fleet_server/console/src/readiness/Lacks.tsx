/** What is missing for a service, worst first, and what would help. */
import { useWords } from '../words'
import type { Reason } from './verdict'
import './readiness.css'

interface Props {
  readonly reasons: readonly Reason[]
  /** At most so many; the rest is counted. */
  readonly most?: number
}

export function Lacks({ reasons, most = Number.POSITIVE_INFINITY }: Props) {
  const { t } = useWords()
  if (reasons.length === 0) return <span className="cf-service-share">{t('readiness.none')}</span>
  const shown = reasons.slice(0, most)
  const rest = reasons.slice(shown.length)
  return (
    <ul className="cf-lacks">
      {shown.map((reason) => (
        <li key={`${reason.code} ${reason.asset} ${reason.name} ${reason.seat} ${reason.kinds}`}>
          {reason.sentence}
          <small>{reason.remedy}</small>
        </li>
      ))}
      {rest.length > 0 && (
        <li title={rest.map((reason) => reason.sentence).join('\n')}>
          <small>+{rest.length}</small>
        </li>
      )}
    </ul>
  )
}
