/** Instruments as somebody counts them: there or not, and the battery of what has one. */

import { Button, Checkbox, Group, TextInput } from '@mantine/core'
import { useState } from 'react'
import { isComposing } from '../app/parts'
import { useWords } from '../words'
import './book.css'
import type { Counted } from './entries'

/** As it is typed: the battery is a text until it is sent. */
export interface Line {
  readonly name: string
  readonly isThere: boolean
  readonly level: string
  readonly hasBattery: boolean
}

export function counted(lines: readonly Line[]): Counted[] {
  return lines.map(({ name, isThere, level }) => ({
    name,
    is_there: isThere,
    battery_percent: isThere && /^\d+$/.test(level.trim()) ? Math.min(100, Number(level)) : null,
  }))
}

interface Props {
  readonly lines: readonly Line[]
  readonly onChange: (lines: readonly Line[]) => void
}

export function Count({ lines, onChange }: Props) {
  const { t } = useWords()
  const change = (name: string, part: Partial<Line>) =>
    onChange(lines.map((line) => (line.name === name ? { ...line, ...part } : line)))
  return (
    <fieldset className="cf-count">
      <legend>{t('book.instruments')}</legend>
      <div className="cf-count-lines">
        {lines.map((line) => (
          <div key={line.name} className="cf-count-line">
            <Checkbox
              size="sm"
              label={line.name}
              aria-label={t('book.isThere', { name: line.name })}
              checked={line.isThere}
              onChange={(event) => change(line.name, { isThere: event.currentTarget.checked })}
            />
            {line.hasBattery && (
              <TextInput
                size="xs"
                w={76}
                inputMode="numeric"
                placeholder={t('book.battery')}
                aria-label={t('book.level', { name: line.name })}
                disabled={!line.isThere}
                value={line.level}
                onChange={(event) => change(line.name, { level: event.currentTarget.value })}
              />
            )}
          </div>
        ))}
      </div>
      <Another
        onAdd={(name) => {
          if (lines.every((line) => line.name !== name))
            onChange([...lines, { name, isThere: true, level: '', hasBattery: true }])
        }}
      />
    </fieldset>
  )
}

function Another({ onAdd }: { onAdd: (name: string) => void }) {
  const { t } = useWords()
  const [name, setName] = useState('')
  const add = () => {
    if (name.trim() === '') return
    onAdd(name.trim())
    setName('')
  }
  return (
    <Group gap="xs" mt={4}>
      <TextInput
        size="xs"
        flex={1}
        maxLength={80}
        placeholder={t('book.other')}
        aria-label={t('book.other')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || isComposing(event)) return
          event.preventDefault() // it adds a line, and does not send the form
          add()
        }}
      />
      <Button size="xs" variant="default" disabled={name.trim() === ''} onClick={add}>
        {t('book.add')}
      </Button>
    </Group>
  )
}
