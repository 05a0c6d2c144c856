/** A table of any length: only the rows in sight are in the page, all of them when printed. */

import { Checkbox, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useRef } from 'react'
import { usePrinting } from './usePrinting'
import { type Selection, useRowKeys } from './useRowKeys'
import classes from './VirtualTable.module.css'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  /** Pixels; the column marked `grows` takes what is left beyond its own. */
  readonly width: number
  readonly grows?: boolean
  readonly isNumber?: boolean
  readonly isSortable?: boolean
  readonly cell: (row: Row) => ReactNode
}

export interface Sorting {
  readonly column: string
  readonly descending: boolean
  readonly onSort: (column: string) => void
}

interface Props<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly rowHeight?: number
  /** Rows grow with their content instead of cutting it. */
  readonly hasTallRows?: boolean
  readonly sorting?: Sorting
  readonly selection?: Selection<Row>
  readonly onOpen?: (row: Row) => void
  /** Rows of `<td>`s that stay below the table. */
  readonly footer?: ReactNode
}

const CHECKBOX_WIDTH = 40
const OVERSCAN = 12

export function VirtualTable<Row>(props: Props<Row>) {
  const { columns, rows, keyOf, rowHeight = 40, selection } = props
  const scroller = useRef<HTMLDivElement>(null)
  const isPrinting = usePrinting()
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  })
  const keys = useRowKeys(props, virtualizer.scrollToIndex, scroller)
  const items = virtualizer.getVirtualItems()
  const before = isPrinting ? 0 : (items[0]?.start ?? 0)
  const after = isPrinting ? 0 : virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0)
  const places = isPrinting ? rows.map((_, place) => place) : items.map((item) => item.index)
  const span = columns.length + (selection ? 1 : 0)
  const width = columns.reduce((sum, column) => sum + column.width, selection ? CHECKBOX_WIDTH : 0)
  return (
    <div className={classes.scroller} ref={scroller}>
      <table
        className={classes.table}
        aria-label={props.label}
        aria-rowcount={rows.length + 1}
        style={{ minWidth: width }}
      >
        <colgroup>
          {selection && <col style={{ width: CHECKBOX_WIDTH }} />}
          {columns.map((column) => (
            <col key={column.id} style={column.grows ? undefined : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selection && (
              <th scope="col" className={classes.check}>
                <SelectAll rows={rows} keyOf={keyOf} selection={selection} />
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.id} column={column} sorting={props.sorting} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={keys.onKeyDown}>
          {before > 0 && <Spacer height={before} span={span} />}
          {places.map((place) => {
            const row = rows[place]
            if (row === undefined) return null
            const key = keyOf(row)
            return (
              <tr
                key={key}
                ref={props.hasTallRows ? virtualizer.measureElement : undefined}
                data-index={place}
                data-key={key}
                data-selected={selection?.keys.has(key) || undefined}
                aria-rowindex={place + 2}
                tabIndex={place === keys.active ? 0 : -1}
                style={props.hasTallRows ? undefined : { height: rowHeight }}
                onFocus={() => keys.setActive(place)}
                onDoubleClick={props.onOpen && (() => props.onOpen?.(row))}
              >
                {selection && (
                  <td className={classes.check}>
                    <Checkbox
                      size="xs"
                      tabIndex={-1}
                      aria-label={selection.labelOf(row)}
                      checked={selection.keys.has(key)}
                      onChange={() => selection.onChange(toggled(selection.keys, key))}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={column.isNumber ? classes.number : undefined}
                    data-tall={props.hasTallRows || undefined}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            )
          })}
          {after > 0 && <Spacer height={after} span={span} />}
        </tbody>
        {props.footer && <tfoot>{props.footer}</tfoot>}
      </table>
    </div>
  )
}

/** The same keys with `key` in if it was out, out if it was in. */
export function toggled(keys: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(keys)
  if (!next.delete(key)) next.add(key)
  return next
}

function Spacer({ height, span }: { height: number; span: number }) {
  return (
    <tr aria-hidden className={classes.spacer}>
      <td colSpan={span} style={{ height }} />
    </tr>
  )
}

interface SelectAllProps<Row> {
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly selection: Selection<Row>
}

function SelectAll<Row>({ rows, keyOf, selection }: SelectAllProps<Row>) {
  const shown = rows.map(keyOf)
  const chosen = shown.filter((key) => selection.keys.has(key)).length
  const isAll = chosen > 0 && chosen === shown.length
  return (
    <Checkbox
      size="xs"
      aria-label={selection.allLabel}
      checked={isAll}
      indeterminate={chosen > 0 && !isAll}
      onChange={() => selection.onChange(new Set(isAll ? [] : shown))}
    />
  )
}

interface HeadingProps<Row> {
  readonly column: Column<Row>
  readonly sorting: Sorting | undefined
}

function Heading<Row>({ column, sorting }: HeadingProps<Row>) {
  const isSorted = sorting?.column === column.id
  const Icon = isSorted ? (sorting.descending ? IconArrowDown : IconArrowUp) : IconArrowsSort
  const order = isSorted ? (sorting.descending ? 'descending' : 'ascending') : undefined
  return (
    <th scope="col" className={column.isNumber ? classes.number : undefined} aria-sort={order}>
      {sorting && column.isSortable ? (
        <UnstyledButton className={classes.sort} onClick={() => sorting.onSort(column.id)}>
          {column.title}
          <Icon size={13} aria-hidden className={isSorted ? undefined : classes.idle} />
        </UnstyledButton>
      ) : (
        column.title
      )}
    </th>
  )
}
