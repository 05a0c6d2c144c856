/** Keys of a table of rows: arrows move, Enter opens, Space selects, Ctrl A selects all. */

import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'

export interface Selection<Row> {
  readonly keys: ReadonlySet<string>
  readonly onChange: (keys: ReadonlySet<string>) => void
  readonly labelOf: (row: Row) => string
  readonly allLabel: string
}

interface Table<Row> {
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly selection?: Selection<Row>
  readonly onOpen?: (row: Row) => void
}

interface RowKeys {
  /** The row that Tab leads to. */
  readonly active: number
  readonly setActive: (place: number) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

const PAGE = 15

export function useRowKeys<Row>(
  table: Table<Row>,
  scrollTo: (place: number) => void,
  scroller: RefObject<HTMLElement | null>,
): RowKeys {
  const [wanted, setActive] = useState(0)
  const active = Math.max(0, Math.min(wanted, table.rows.length - 1))
  const focusAt = useRef<number | null>(null)

  // A row far away is in the page only after the scroll: try again at each rendering.
  useEffect(() => {
    if (focusAt.current === null) return
    const row = scroller.current?.querySelector<HTMLElement>(`tr[data-index="${focusAt.current}"]`)
    if (row) {
      focusAt.current = null
      row.focus({ preventScroll: true })
    }
  })

  const goTo = (place: number) => {
    const next = Math.max(0, Math.min(place, table.rows.length - 1))
    focusAt.current = next
    setActive(next)
    scrollTo(next)
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + PAGE,
      PageUp: active - PAGE,
      Home: 0,
      End: table.rows.length - 1,
    }
    const place = steps[event.key]
    if (place !== undefined) goTo(place)
    else if (!act(table, active, event)) return
    event.preventDefault()
  }

  return { active, setActive, onKeyDown }
}

/** Does what a key means for the row it was pressed on; whether it meant anything. */
function act<Row>(table: Table<Row>, active: number, event: KeyboardEvent): boolean {
  const row = table.rows[active]
  const isOnRow = (event.target as HTMLElement).tagName === 'TR'
  const { selection, onOpen } = table
  if (row === undefined) return false
  if (selection && event.key === 'a' && (event.ctrlKey || event.metaKey)) {
    selection.onChange(new Set(table.rows.map(table.keyOf)))
    return true
  }
  if (!isOnRow) return false
  if (selection && event.key === ' ') {
    const next = new Set(selection.keys)
    const key = table.keyOf(row)
    if (!next.delete(key)) next.add(key)
    selection.onChange(next)
    return true
  }
  if (onOpen && event.key === 'Enter') {
    onOpen(row)
    return true
  }
  return false
}
