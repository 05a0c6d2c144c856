/** The fleet as a list, worst first; only the rows in sight are in the page. */

import { Button } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { useNow } from '../api/live'
import { EmptyState } from '../app/parts'
import { useWords } from '../words'
import { FilterBar } from './FilterBar'
import { FleetRow } from './FleetRow'
import { ANY, countRows, type Filters, isAny } from './filters'
import type { Row } from './fleet'

const ROW_PIXELS = 54

interface Props {
  all: readonly Row[]
  /** Those that match the filters. */
  rows: readonly Row[]
  filters: Filters
  selected: string | null
  onFilters: (filters: Filters) => void
  onSelect: (asset: string) => void
}

export function FleetList({ all, rows, filters, selected, onFilters, onSelect }: Props) {
  const { t } = useWords()
  const counts = useMemo(() => countRows(all, filters), [all, filters])
  return (
    <section className="cf-list" aria-label={t('overview.list.label')}>
      <FilterBar filters={filters} counts={counts} onChange={onFilters} />
      <div className="cf-list-count" role="status">
        <span>{t('overview.list.shown', { n: rows.length, all: all.length })}</span>
        {!isAny(filters) && (
          <button type="button" className="cf-link" onClick={() => onFilters(ANY)}>
            {t('overview.list.clear')}
          </button>
        )}
      </div>
      {rows.length === 0 ? (
        <EmptyState title={t('overview.list.none')} note={t('overview.list.noneNote')}>
          <Button size="xs" variant="default" onClick={() => onFilters(ANY)}>
            {t('overview.list.clear')}
          </Button>
        </EmptyState>
      ) : (
        <Rows rows={rows} selected={selected} onSelect={onSelect} />
      )}
    </section>
  )
}

interface RowsProps {
  rows: readonly Row[]
  selected: string | null
  onSelect: (asset: string) => void
}

function Rows({ rows, selected, onSelect }: RowsProps) {
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
