/** What has no simple type, written in YAML. */

import { Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { parse, stringify, YAMLParseError } from 'yaml'
import type { Schemas } from '../api/client'
import { useWords } from '../words'

interface Props {
  readonly label: string
  readonly description: string
  readonly required: boolean
  readonly error: ReactNode
  readonly usual: Schemas['JsonValue']
  readonly value: Schemas['JsonValue'] | undefined
  readonly onChange: (value: Schemas['JsonValue'] | undefined) => void
}

export function YamlField({ usual, value, onChange, description, error, ...input }: Props) {
  const { t } = useWords()
  const [text, setText] = useState(() => (value === undefined ? '' : stringify(value)))
  const [wrongLine, setWrongLine] = useState<number | null>(null)
  const change = (next: string) => {
    setText(next)
    try {
      onChange(parse(next))
      setWrongLine(null)
    } catch (problem) {
      onChange(undefined)
      setWrongLine((problem instanceof YAMLParseError && problem.linePos?.[0].line) || 1)
    }
  }
  return (
    <Textarea
      {...input}
      description={`${description} (YAML)`}
      placeholder={usual === null ? '' : stringify(usual).trim()}
      classNames={{ input: 'cf-mono' }}
      autosize
      minRows={2}
      maxRows={12}
      value={text}
      error={wrongLine === null ? error : t('playbooks.wrong', { line: wrongLine })}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}
