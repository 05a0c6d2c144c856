/** A search box over a table whose text stands in the address. */

import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

const TYPING_MILLISECONDS = 150

interface Props {
  readonly label: string
  readonly text: string
  readonly onChange: (text: string) => void
}

/** The box follows every letter; the table follows when the typing pauses. */
export function SearchBox({ label, text, onChange }: Props) {
  const [typed, setTyped] = useState(text)
  const [last, setLast] = useState(text)
  const [sent, setSent] = useState(text)
  if (text !== last) {
    setLast(text)
    if (text !== sent) {
      setTyped(text) // the view was changed elsewhere
      setSent(text)
    }
  }
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => {
      setSent(typed)
      onChange(typed)
    }, TYPING_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [typed, text, onChange])
  return (
    <TextInput
      size="xs"
      w={250}
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={14} aria-hidden />}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  )
}
