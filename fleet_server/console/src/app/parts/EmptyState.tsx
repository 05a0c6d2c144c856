import type { ReactNode } from 'react'
import './parts.css'

interface Props {
  readonly icon?: ReactNode
  readonly title: string
  readonly note?: string
  /** What to do about it: a button or a link. */
  readonly children?: ReactNode
}

/** Says that there is nothing, why, and what to do next. */
export function EmptyState({ icon, title, note, children }: Props) {
  return (
    <div className="cf-empty" role="status">
      {icon !== undefined && <div className="cf-empty-icon">{icon}</div>}
      <p className="cf-empty-title">{title}</p>
      {note !== undefined && <p className="cf-empty-note">{note}</p>}
      {children}
    </div>
  )
}
