/** One asset of the list, 54 px high. */

import { lazy, memo, Suspense } from 'react'
import { age } from '../app/format'
import { PlateTag, StatusDot } from '../app/parts'
import type { Tone } from '../readiness/services'
import { useWords } from '../words'
import type { Row } from './fleet'
import { KindMark } from './KindMark'
import { Signal } from './Signal'

const Mark = lazy(async () => ({ default: (await import('../readiness/Mark')).Mark }))

interface Props {
  row: Row
  /** How ready it is for the chosen service; null: none is chosen. */
  tone: Tone | null
  isSelected: boolean
  /** Seconds since it was last heard of, as of the last look at the clock; null: never. */
  ageMs: number | null
  top: number
  onSelect: (asset: string) => void
}

export const FleetRow = memo(function FleetRow(props: Props) {
  const { row, tone, isSelected, ageMs, top, onSelect } = props
  const { t } = useWords()
  const { asset, glance, state } = row
  return (
    <button
      type="button"
      className="cf-row"
      data-asset={row.id}
      data-state={state}
      aria-current={isSelected ? 'true' : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(row.id)}
    >
      <span className="cf-row-line">
        <span title={t(`kind.${asset.kind}`)} className="cf-row-kind">
          <KindMark kind={asset.kind} />
          <span className="cf-unseen">{t(`kind.${asset.kind}`)}</span>
        </span>
        <b className="cf-mono cf-row-id">{row.id}</b>
        <PlateTag plate={asset.plate} />
        {glance?.inSitting && <span className="cf-tag">{t('overview.list.sitting')}</span>}
        {glance?.late && <span className="cf-tag">{t('overview.list.late')}</span>}
        <span className="cf-row-state">
          <StatusDot state={state} />
        </span>
      </span>
      <span className="cf-row-line cf-row-second">
        <span className="cf-row-court" title={asset.name}>
          {asset.court}
        </span>
        {tone === null ? (
          <Signal dbm={glance?.rsrpDbm} />
        ) : (
          <Suspense>
            <Mark letter={tone} word={t(`readiness.letters.${tone}`)} />
          </Suspense>
        )}
        <span className="cf-row-age">
          {ageMs === null ? t('overview.list.never') : t('overview.list.ago', { age: age(ageMs) })}
        </span>
      </span>
    </button>
  )
})
