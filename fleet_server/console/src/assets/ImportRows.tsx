/** The rows of a table to import: what each would do, before and after, or why it is refused. */

import { Chip, Group } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCirclePlus,
  IconEqual,
  IconPencil,
  type TablerIcon,
} from '@tabler/icons-react'
import { useState } from 'react'
import { EmptyState } from '../app/parts'
import { useWords } from '../words'
import { type Preview, type PreviewRow, VERDICTS, type Verdict } from './importing'
import classes from './screens.module.css'
import { type Column, VirtualTable } from './VirtualTable'
import { KINDS } from './view'

const ICONS: Readonly<Record<Verdict, TablerIcon>> = {
  new: IconCirclePlus,
  changed: IconPencil,
  unchanged: IconEqual,
  refused: IconAlertTriangle,
}

export function ImportRows({ preview }: { preview: Preview }) {
  const { t } = useWords()
  const [shown, setShown] = useState<Verdict | 'all'>('all')
  const rows = preview.rows.filter((row) => shown === 'all' || row.verdict === shown)
  const columns: Column<PreviewRow>[] = [
    {
      id: 'line',
      title: t('assets.importing.line'),
      width: 64,
      isNumber: true,
      cell: (row) => row.line,
    },
    {
      id: 'asset',
      title: t('assets.importing.asset'),
      width: 150,
      cell: (row) => <span className="cf-mono">{row.asset}</span>,
    },
    {
      id: 'verdict',
      title: t('assets.importing.verdict'),
      width: 120,
      cell: (row) => <VerdictMark verdict={row.verdict} />,
    },
    {
      id: 'what',
      title: t('assets.importing.what'),
      width: 320,
      grows: true,
      cell: (row) => <What row={row} />,
    },
  ]
  return (
    <>
      <Chip.Group value={shown} onChange={(word) => setShown(word as Verdict | 'all')}>
        <Group gap={6} role="radiogroup" aria-label={t('assets.importing.filter')}>
          <Chip size="xs" value="all">
            {t('assets.importing.verdicts.all')} {preview.rows.length}
          </Chip>
          {VERDICTS.map((verdict) => (
            <Chip key={verdict} size="xs" value={verdict}>
              {t(`assets.importing.verdicts.${verdict}`)} {preview.counts[verdict]}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <div className={classes.preview}>
        {rows.length === 0 ? (
          <EmptyState title={t('assets.importing.nothingOf')} />
        ) : (
          <VirtualTable
            label={t('assets.importing.title')}
            columns={columns}
            rows={rows}
            keyOf={(row) => `${row.line}`}
            rowHeight={36}
            hasTallRows
          />
        )}
      </div>
    </>
  )
}

function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { t } = useWords()
  const Icon = ICONS[verdict]
  return (
    <span className={classes.verdict} data-verdict={verdict}>
      <Icon size={14} aria-hidden />
      {t(`assets.importing.verdicts.${verdict}`)}
    </span>
  )
}

function What({ row }: { row: PreviewRow }) {
  const { t } = useWords()
  const shown = (field: string, value: string | null) => {
    const kind = field === 'kind' && KINDS.find((word) => word === value)
    return kind ? t(`kind.${kind}`) : value || t('assets.importing.empty')
  }
  return (
    <>
      {row.problems.map((problem) => (
        <div key={problem.code + problem.detail} className={classes.verdict} data-verdict="refused">
          {problem.detail}
        </div>
      ))}
      {row.changes.map((change) => (
        <div key={change.field}>
          <FieldName field={change.field} />{' '}
          {row.verdict !== 'new' && (
            <>
              <s className={classes.before}>{shown(change.field, change.before)}</s> →{' '}
            </>
          )}
          <b>{shown(change.field, change.after)}</b>
        </div>
      ))}
    </>
  )
}

const FIELDS = ['id', 'kind', 'name', 'court', 'plate', 'note', 'tags', 'home'] as const

function FieldName({ field }: { field: string }) {
  const { t } = useWords()
  const known = FIELDS.find((one) => one === field)
  return <span>{known ? t(`assets.importing.fields.${known}`) : field}</span>
}
