import { IconChevronRight } from '@tabler/icons-react'
import { Fragment, useState } from 'react'
import { Link } from 'react-router'
import type { Schemas } from '../api/client'
import { instant } from '../app/format'
import { useWords } from '../words'
import { changesOf } from './diff'

type Row = Schemas['JournalOut']

const SHORT_HASH = 10

interface Props {
  readonly rows: readonly Row[]
  readonly onWho?: (name: string) => void
}

/** Rows of the journal; each opens to what was before and after. Also for one asset's own journal. */
export function JournalTable({ rows, onWho }: Props) {
  const { t } = useWords()
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const toggle = (id: number) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  return (
    <table className="cf-journal-table">
      <thead>
        <tr>
          <td className="cf-journal-toggle" />
          <th scope="col">{t('journal.number')}</th>
          <th scope="col">{t('journal.at')}</th>
          <th scope="col">{t('journal.who')}</th>
          <th scope="col">{t('journal.what')}</th>
          <th scope="col">{t('journal.subject')}</th>
          <th scope="col">{t('journal.hash')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Fragment key={row.id}>
            <Line
              row={row}
              isOpen={open.has(row.id)}
              onToggle={() => toggle(row.id)}
              onWho={onWho}
            />
            {open.has(row.id) && (
              <tr className="cf-journal-details" id={`journal-${row.id}`}>
                <td />
                <td colSpan={6}>
                  <Changes row={row} />
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  )
}

interface LineProps {
  readonly row: Row
  readonly isOpen: boolean
  readonly onToggle: () => void
  readonly onWho: ((name: string) => void) | undefined
}

function Line({ row, isOpen, onToggle, onWho }: LineProps) {
  const { t } = useWords()
  return (
    <tr>
      <td className="cf-journal-toggle">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={`journal-${row.id}`}
          aria-label={t('journal.details', { n: row.id })}
          onClick={onToggle}
        >
          <IconChevronRight size={14} aria-hidden />
        </button>
      </td>
      <td className="cf-mono">{row.id}</td>
      <td className="cf-mono">{instant(row.at)}</td>
      <td>
        {onWho === undefined ? (
          row.who
        ) : (
          <button type="button" className="cf-link cf-plain-link" onClick={() => onWho(row.who)}>
            {row.who}
          </button>
        )}
      </td>
      <td>
        {row.sentence}
        {row.why !== '' && <div className="cf-journal-why">{row.why}</div>}
        <div className="cf-journal-narrow">
          <Subject subject={row.subject} />
        </div>
      </td>
      <td>
        <Subject subject={row.subject} />
      </td>
      <td className="cf-mono" title={row.hash}>
        {row.hash.slice(0, SHORT_HASH)}
      </td>
    </tr>
  )
}

function Subject({ subject }: { subject: string }) {
  const asset = /^asset:(.+)$/.exec(subject)?.[1]
  if (asset === undefined) return <span className="cf-mono">{subject}</span>
  return (
    <Link className="cf-mono" to={`/assets/${asset}`}>
      {subject}
    </Link>
  )
}

function Changes({ row }: { row: Row }) {
  const { t } = useWords()
  const changes = changesOf(row.before, row.after)
  return (
    <div className="cf-journal-changes">
      {changes.length === 0 ? (
        <p>{t('journal.noValues')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('journal.field')}</th>
              <th scope="col">{t('journal.before')}</th>
              <th scope="col">{t('journal.after')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ field, before, after, isChanged }) => (
              <tr key={field} data-changed={isChanged}>
                <th scope="row">{field}</th>
                <td>{before !== null && (isChanged ? <del>{before}</del> : before)}</td>
                <td>{after !== null && (isChanged ? <ins>{after}</ins> : after)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="cf-mono cf-hint">
        {t('journal.hash')} {row.hash}
      </p>
    </div>
  )
}
