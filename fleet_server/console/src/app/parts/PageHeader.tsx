import { type ReactNode, useEffect } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from '../../words'
import { useSlots } from '../slots'
import './parts.css'

interface Props {
  readonly title: string
  /** A short line beside the title: a count, a state. */
  readonly note?: ReactNode
  /** Buttons, to the right. */
  readonly children?: ReactNode
}

/** What a screen puts into the top bar: its title (the page's h1), a note, and its buttons. */
export function PageHeader({ title, note, children }: Props) {
  const { t } = useWords()
  const slots = useSlots()
  useEffect(() => {
    document.title = `${title} · ${t('product.name')}`
  }, [title, t])
  return (
    <>
      {slots.title !== null &&
        createPortal(
          <>
            <h1>{title}</h1>
            {note !== undefined && <div className="cf-page-note">{note}</div>}
          </>,
          slots.title,
        )}
      {slots.actions !== null && createPortal(children, slots.actions)}
    </>
  )
}
