import type { FormEvent, KeyboardEvent, ReactNode } from 'react'

interface Props {
  readonly onSubmit: () => void
  readonly children: ReactNode
  readonly className?: string
  readonly label?: string
}

/** Key code of keys that an input method still works on; Safari sends it without `isComposing`. */
const PROCESSED = 229

/** Whether a key belongs to the input method: it chooses characters, and means nothing else. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === PROCESSED
}

/** The one door for forms: Enter while composing Chinese never submits. */
export function Form({ onSubmit, children, className, label }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && isComposing(event)) event.preventDefault()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <form
      className={className}
      aria-label={label}
      onSubmit={submit}
      onKeyDown={onKeyDown}
      noValidate
    >
      {children}
    </form>
  )
}
