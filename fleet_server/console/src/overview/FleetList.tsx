/** The fleet as a list, worst first; only the rows in sight are in the page. */

import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react'
import { useNow } from '../api/live'
import { EmptyState } from '../app/parts'
import { toneAt } from '../readiness/services'
import { useWords } from '../words'
import { FilterBar } from './FilterBar'
import { FleetRow } from './FleetRow'
import { ANY, countRows, type Filters, isAny } from './filters'
import type { Row } from './fleet'

// What a look at one service needs comes after the list.
const ReadinessBar = lazy(() => import('./ReadinessBar'))

const ROW_PIXELS = 54

interface Props {
  all: readonly Row[]
  /** Those that match the filters. */
  rows: readonly Row[]
  filters: Filters
  /** Of the chosen service's letter; null: no service is chosen. */
  place: number | null
  selected: string | null
  onFilters: (filters: Filters) => void
  onSelect: (asset: string) => void
}

export function FleetList(props: Props) {
  const { all, rows, filters, place, selected, onFilters, onSelect } = props
  const { t } = useWords()
  const counts = useMemo(() => countRows(all, filters, place), [all, filters, place])
  const clear = () => onFilters({ ...ANY, service: filters.service })
  return (
    <section className="cf-list" aria-label={t('overview.list.label')}>
      <FilterBar filters={filters} counts={counts} onChange={onFilters} />
      <Suspense fallback={<div className="cf-readiness-bar" />}>
        <ReadinessBar all={all} filters={filters} place={place} onChange={onFilters} />
      </Suspense>
      <div className="cf-list-count" role="status">
        <span>{t('overview.list.shown', { n: rows.length, all: all.length })}</span>
        {!isAny(filters) && (
          <button type="button" className="cf-link" onClick={clear}>
            {t('overview.list.clear')}
          </button>
        )}
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('overview.list.none')} note={t('overview.list.noneNote')}>
          <Button size="xs" variant="default" onClick={clear}>
            {t('overview.list.clear')}
          </Button>
        </EmptyState>
      ) : (
        <Rows rows={rows} place={place} selected={selected} onSelect={onSelect} />
      )}
    </section>
  )
}

interface RowsProps {
  rows: readonly Row[]
  place: number | null
  selected: string | null
  onSelect: (asset: string) => void
}

function Rows({ rows, place, selected, onSelect }: RowsProps) {
  const box = useRef<HTMLDivElement>(null)
  const now = useNow(1000)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 6,
    getItemKey: (at) => rows[at]?.id ?? at,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that jumps while read is no help
  useEffect(() => {
    if (selected === null) return
    const at = rows.findIndex((row) => row.id === selected)
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
  }, [selected])
  return (
    <div ref={box} className="cf-rows">
      <div style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]
          if (row === undefined) return null
          const seenAt = row.glance?.seenAt ?? null
          return (
            <FleetRow
              key={row.id}
              row={row}
              tone={toneAt(row.glance, place)}
              isSelected={row.id === selected}
              ageMs={seenAt === null ? null : Math.max(0, now - seenAt)}
              top={item.start}
              onSelect={onSelect}
            />
          )
        })}
      </div>
    </div>
  )
}
