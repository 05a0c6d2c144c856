/** The columns of the asset table. */

import { Group, Text } from '@mantine/core'
import { Link } from 'react-router'
import { age, date, instant, NOTHING, number } from '../app/format'
import { PlateTag } from '../app/parts/PlateTag'
import { StatusDot } from '../app/parts/StatusDot'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import type { Row } from './rows'
import classes from './screens.module.css'
import type { Column } from './VirtualTable'
import type { ColumnId } from './view'

type AssetColumn = Column<Row> & { readonly id: ColumnId }

/**
 * All columns in their order; `now` is ms since 1970, for ages; readiness when it is looked at, tags
 * when there are any.
 */
export function useColumns(now: number, hasService: boolean, hasTags: boolean): AssetColumn[] {
  const { t } = useWords()
  const column = (
    id: ColumnId,
    width: number,
    cell: (row: Row) => React.ReactNode,
    more: Partial<AssetColumn> = {},
  ): AssetColumn => ({
    id,
    title: t(`assets.columns.${id}`),
    width,
    cell,
    isSortable: true,
    ...more,
  })
  const columns = [
    column('id', 118, ({ asset }) => (
      <Link to={`/assets/${asset.id}`} className="cf-mono" tabIndex={-1}>
        {asset.id}
      </Link>
    )),
    // Beside the number, so that a phone shows it without a push aside.
    column('state', 172, (row) => <StateCell row={row} />),
    column('ready', 120, (row) => <ReadyCell row={row} />),
    column('kind', 88, ({ asset }) => t(`kind.${asset.kind}`)),
    column('plate', 110, ({ asset }) => (asset.plate ? <PlateTag plate={asset.plate} /> : NOTHING)),
    column('name', 150, ({ asset }) => asset.name, { grows: true }),
    column('court', 170, ({ asset }) => asset.court, { grows: true }),
    column('tags', 130, ({ asset }) => <Tags tags={asset.tags} />),
    column('seen', 84, ({ glance }) => ageSince(now, glance?.seenAt), { isNumber: true }),
    column('rsrp', 88, ({ glance }) => number(glance?.rsrpDbm, 'dBm', 0), { isNumber: true }),
    column('rtt', 94, ({ glance }) => milliseconds(glance?.rttSeconds), { isNumber: true }),
    column('version', 80, ({ asset }) => asset.live?.agent_version || NOTHING),
    column('added', 98, ({ asset }) => (
      <span title={instant(asset.made_at)}>{date(asset.made_at)}</span>
    )),
  ]
  return columns.filter(({ id }) => (id !== 'ready' || hasService) && (id !== 'tags' || hasTags))
}

/** As many as the cell holds; all of them by pointing at it. */
export function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return NOTHING
  return (
    <span className={classes.tags} title={tags.join(' ')}>
      {tags.map((tag) => (
        <span key={tag}>{tag}</span>
      ))}
    </span>
  )
}

function ReadyCell({ row }: { row: Row }) {
  const { t } = useWords()
  if (row.tone === null) return NOTHING
  return <Mark letter={row.tone} word={t(`readiness.letters.${row.tone}`)} />
}

/** How long ago, or nothing when never. */
export function ageSince(now: number, at: number | null | undefined): string {
  return at === null || at === undefined ? NOTHING : age(now - at)
}

export function milliseconds(seconds: number | null | undefined): string {
  return number(seconds === null || seconds === undefined ? null : seconds * 1000, 'ms', 0)
}

export function StateCell({ row }: { row: Row }) {
  const { t } = useWords()
  if (row.asset.retired_at) return <Text size="xs">{t('assets.retired.badge')}</Text>
  const reason = row.reason === 'none' ? '' : t(`assets.absence.${row.reason}`)
  return (
    <Group gap={6} wrap="nowrap">
      <StatusDot state={row.state} />
      {reason && (
        <Text size="xs" c="var(--cf-quiet)" truncate title={reason}>
          {reason}
        </Text>
      )}
    </Group>
  )
}
