/** Search, states, kinds and court; every chip filters, and says how many it would show. */

import { CloseButton, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useMemo, useState } from 'react'
import { StatusDot } from '../app/parts'
import { STATES } from '../app/state'
import { useWords } from '../words'
import { type Counts, type Filters, KINDS, toggled } from './filters'
import { KindMark } from './KindMark'

interface Props {
  filters: Filters
  counts: Counts
  onChange: (filters: Filters) => void
}

export function FilterBar({ filters, counts, onChange }: Props) {
  const { t } = useWords()
  return (
    <div className="cf-filters">
      <SearchBox text={filters.text} onChange={(text) => onChange({ ...filters, text })} />
      <fieldset className="cf-chips" data-of="state" aria-label={t('overview.list.states')}>
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className="cf-chip"
            data-state={state}
            aria-pressed={filters.states.includes(state)}
            onClick={() => onChange({ ...filters, states: toggled(filters.states, state) })}
          >
            <StatusDot state={state} />
            <span className="cf-chip-count">{counts.states[state]}</span>
          </button>
        ))}
        <CourtChoice filters={filters} counts={counts} onChange={onChange} />
      </fieldset>
      <fieldset className="cf-chips cf-chips-kinds" aria-label={t('overview.list.kinds')}>
        {KINDS.map((kind) => (
          <button
            key={kind}
            type="button"
            className="cf-chip"
            data-kind={kind}
            aria-pressed={filters.kinds.includes(kind)}
            onClick={() => onChange({ ...filters, kinds: toggled(filters.kinds, kind) })}
          >
            <KindMark kind={kind} />
            <span className="cf-chip-word">{t(`kind.${kind}`)}</span>
            <span className="cf-chip-count">{counts.kinds[kind]}</span>
          </button>
        ))}
      </fieldset>
    </div>
  )
}

/** Types at once; the address follows shortly after, and not while Chinese is being composed. */
function SearchBox({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const { t } = useWords()
  const [typed, setTyped] = useState(text)
  const [composing, setComposing] = useState(false)
  useEffect(() => setTyped(text), [text])
  useEffect(() => {
    if (composing || typed === text) return
    const timer = setTimeout(() => onChange(typed), 150)
    return () => clearTimeout(timer)
  }, [typed, text, composing, onChange])
  return (
    <TextInput
      size="sm"
      leftSection={<IconSearch size={16} aria-hidden />}
      placeholder={t('overview.list.search')}
      aria-label={t('overview.list.search')}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      rightSection={
        typed === '' ? null : (
          <CloseButton
            size="sm"
            aria-label={t('overview.list.clear')}
            onClick={() => setTyped('')}
          />
        )
      }
    />
  )
}

function CourtChoice({ filters, counts, onChange }: Props) {
  const { t } = useWords()
  const courts = useMemo(
    () =>
      [...counts.courts]
        .sort((one, other) => one[0].localeCompare(other[0], 'zh-CN'))
        .map(([court, count]) => ({ value: court, label: `${court} (${count})` })),
    [counts.courts],
  )
  return (
    <Select
      className="cf-court"
      size="xs"
      aria-label={t('overview.list.court')}
      placeholder={t('overview.list.anyCourt')}
      data={courts}
      value={filters.court === '' ? null : filters.court}
      onChange={(court) => onChange({ ...filters, court: court ?? '' })}
      searchable
      clearable
      comboboxProps={{ width: 260, position: 'bottom-end' }}
      clearButtonProps={{ 'aria-label': t('overview.list.clear') }}
    />
  )
}
