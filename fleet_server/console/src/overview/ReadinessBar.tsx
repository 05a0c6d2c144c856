/** Looks at the fleet for one service: which, and a chip a verdict that says how many it shows. */

import { useMemo } from 'react'
import { Mark } from '../readiness/Mark'
import { ServiceSelect } from '../readiness/ServiceSelect'
import { TONES, type Tone, toneAt } from '../readiness/services'
import { useWords } from '../words'
import { type Filters, matches, toggled } from './filters'
import type { Row } from './fleet'

interface Props {
  readonly all: readonly Row[]
  readonly filters: Filters
  readonly place: number | null
  readonly onChange: (filters: Filters) => void
}

export default function ReadinessBar({ all, filters, place, onChange }: Props) {
  const { t } = useWords()
  const counts = useMemo(() => countTones(all, filters, place), [all, filters, place])
  return (
    <div className="cf-readiness-bar">
      <ServiceSelect
        service={filters.service}
        onService={(service) => onChange({ ...filters, service, verdicts: [] })}
        comboboxProps={{ width: 220 }}
      />
      {place !== null && (
        <fieldset className="cf-chips cf-chips-verdicts" aria-label={t('readiness.verdicts')}>
          {TONES.filter((tone) => tone !== '-' || (counts.get(tone) ?? 0) > 0).map((tone) => (
            <button
              key={tone}
              type="button"
              className="cf-chip"
              data-verdict={tone}
              aria-pressed={filters.verdicts.includes(tone)}
              onClick={() => onChange({ ...filters, verdicts: toggled(filters.verdicts, tone) })}
            >
              <Mark letter={tone} word={t(`readiness.letters.${tone}`)} />
              <span className="cf-chip-count">{counts.get(tone) ?? 0}</span>
            </button>
          ))}
        </fieldset>
      )}
    </div>
  )
}

/** What each chip would show. */
function countTones(
  all: readonly Row[],
  filters: Filters,
  place: number | null,
): ReadonlyMap<Tone, number> {
  const counts = new Map<Tone, number>()
  const any = { ...filters, verdicts: [] }
  for (const row of all) {
    const tone = toneAt(row.glance, place)
    if (tone !== null && matches(row, any, place)) counts.set(tone, (counts.get(tone) ?? 0) + 1)
  }
  return counts
}
