/** Where the asset's record numbers are: the ledger's sum, per stream. */

import { $api, type Schemas } from '../../api/client'
import { number } from '../../app/format'
import { useWords } from '../../words'
import { Part } from './Readings'

type Balance = Schemas['BalanceOut']

const CLASSES = ['stored', 'set_aside', 'dropped', 'lost', 'missing'] as const
const WORDS = {
  stored: 'stored',
  set_aside: 'setAside',
  dropped: 'dropped',
  lost: 'lost',
  missing: 'missing',
} as const

export function BalancePart({ asset }: { asset: string }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/balance',
    { params: { path: { asset } } },
    { refetchInterval: 5_000 },
  )
  const items = asked.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Part title={t('overview.drawer.balance')} note={t('overview.drawer.balanceNote')}>
      {(['reports', 'events'] as const).map((stream) => (
        <Stream key={stream} stream={stream} sum={sumOf(items, stream)} />
      ))}
    </Part>
  )
}

type Sum = Record<(typeof CLASSES)[number] | 'head', number>

/** Over all epochs: what matters here is the asset, not how often it began to count anew. */
function sumOf(items: readonly Balance[], stream: string): Sum {
  const sum: Sum = { head: 0, stored: 0, set_aside: 0, dropped: 0, lost: 0, missing: 0 }
  for (const one of items) {
    if (one.stream !== stream) continue
    sum.head += one.head
    for (const name of CLASSES) sum[name] += one[name]
  }
  return sum
}

function Stream({ stream, sum }: { stream: 'reports' | 'events'; sum: Sum }) {
  const { t } = useWords()
  const shown = CLASSES.filter((name) => name === 'stored' || sum[name] > 0)
  return (
    <div className="cf-balance" data-stream={stream}>
      <div className="cf-balance-head">
        <b>
          {t(stream === 'reports' ? 'overview.drawer.reports' : 'overview.drawer.eventsStream')}
        </b>
        <span className="cf-mono" data-class="head">
          {number(sum.head)}
        </span>
      </div>
      <div className="cf-balance-bar" aria-hidden="true">
        {CLASSES.map((name) => (
          <span key={name} data-class={name} style={{ flexGrow: sum[name] }} />
        ))}
      </div>
      <dl className="cf-balance-parts">
        {shown.map((name) => (
          <div key={name} data-class={name}>
            <dt>
              <i aria-hidden="true" data-class={name} />
              {t(`overview.drawer.${WORDS[name]}`)}
            </dt>
            <dd className="cf-mono">{number(sum[name])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
