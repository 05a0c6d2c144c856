/** Why the asset is in its state, in sentences. */

import { IconAlertTriangle, IconGavel, IconHistory, IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Glance } from '../../api/live'
import { age, instant, number } from '../../app/format'
import { type State, stateOf } from '../../app/state'
import { useWords } from '../../words'
import type { Row } from '../fleet'

interface Props {
  asset: Row['asset']
  glance: Glance | undefined
  now: number
}

export function Reasons({ asset, glance, now }: Props) {
  const { t } = useWords()
  const state = stateOf(glance)
  return (
    <section className="cf-part" aria-label={t('overview.drawer.state')}>
      {glance?.forked && (
        <Reason tone="fault" icon={<IconAlertTriangle size={16} aria-hidden />}>
          {t('overview.drawer.forked')}
        </Reason>
      )}
      {glance?.clockFault && (
        <Reason tone="fault" icon={<IconAlertTriangle size={16} aria-hidden />}>
          {t('overview.drawer.clockFault')}
        </Reason>
      )}
      <Reason tone={toneOf(state)} icon={<IconInfoCircle size={16} aria-hidden />}>
        <PresenceSentence asset={asset} glance={glance} now={now} />
      </Reason>
      {glance?.inSitting && (
        <Reason tone="session" icon={<IconGavel size={16} aria-hidden />}>
          {t('overview.drawer.sitting')}
        </Reason>
      )}
      {glance?.late && (
        <Reason tone="limited" icon={<IconHistory size={16} aria-hidden />}>
          {t('overview.drawer.late')}
        </Reason>
      )}
    </section>
  )
}

type Tone = 'fault' | 'offline' | 'limited' | 'ready' | 'session'

/** A fault has its own sentence: the one about presence stays calm. */
function toneOf(state: State): Tone {
  if (state === 'online' || state === 'fault') return 'ready'
  return state === 'stale' ? 'limited' : 'offline'
}

function Reason({ tone, icon, children }: { tone: Tone; icon: ReactNode; children: ReactNode }) {
  return (
    <div className="cf-reason" data-tone={tone}>
      {icon}
      <span>{children}</span>
    </div>
  )
}

function PresenceSentence({ asset, glance, now }: Props) {
  const { t } = useWords()
  const { live } = asset
  if (live === null || glance === undefined || glance.absence === 'never') {
    return <>{t('overview.drawer.never', { at: instant(asset.made_at) })}</>
  }
  const facts = {
    age: age(now - (glance.seenAt ?? now)),
    at: instant(glance.seenAt),
    every: number(live.every_seconds, 's', 0),
    perMinute: number(live.reports_per_minute, '', 1),
  }
  if (glance.presence === 'online') return <>{t('overview.drawer.online', facts)}</>
  if (glance.presence === 'stale') return <>{t('overview.drawer.stale', facts)}</>
  return <>{t(`overview.drawer.${glance.absence === 'will' ? 'will' : 'silence'}`, facts)}</>
}
