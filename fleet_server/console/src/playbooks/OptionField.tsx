/** One variable of a playbook, filled in as suits its type; its default stands where it is empty. */

import { NumberInput, Select, Skeleton, Switch, TagsInput, TextInput } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import type { Schemas } from '../api/client'
import { entryOf, type Option } from './variables'

const YamlField = lazy(() =>
  import('./YamlField').then((module) => ({ default: module.YamlField })),
)

interface Props {
  readonly option: Option
  readonly value: Schemas['JsonValue'] | undefined
  readonly error: ReactNode
  /** Null: as its default; undefined: it cannot be read. */
  readonly onChange: (value: Schemas['JsonValue'] | undefined) => void
}

export function OptionField({ option, value, error, onChange }: Props) {
  const usual = option.default
  const shared = {
    label: option.name,
    description: option.description,
    required: option.is_required,
    placeholder: Array.isArray(usual) ? usual.join(' ') : String(usual ?? ''),
    error,
  }
  switch (entryOf(option)) {
    case 'choice':
      return (
        <Select
          {...shared}
          clearable
          data={option.choices}
          value={value === undefined ? null : String(value)}
          onChange={onChange}
        />
      )
    case 'switch':
      return (
        <Switch
          {...shared}
          checked={(value ?? usual) === true}
          onChange={({ currentTarget: { checked } }) =>
            onChange(checked === usual ? null : checked)
          }
        />
      )
    case 'number':
      return (
        <NumberInput
          {...shared}
          allowDecimal={option.type === 'float'}
          value={typeof value === 'number' ? value : ''}
          onChange={(number) => onChange(typeof number === 'number' ? number : null)}
        />
      )
    case 'words':
      return (
        <TagsInput
          {...shared}
          placeholder={value === undefined ? shared.placeholder : ''}
          splitChars={[',', ' ', '，', '、']}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(words) => onChange(words.length === 0 ? null : words)}
        />
      )
    case 'yaml':
      return (
        <Suspense fallback={<Skeleton height={90} />}>
          <YamlField {...shared} usual={usual} value={value} onChange={onChange} />
        </Suspense>
      )
    default:
      return (
        <TextInput
          {...shared}
          value={typeof value === 'string' ? value : ''}
          onChange={({ currentTarget: { value: text } }) => onChange(text === '' ? null : text)}
        />
      )
  }
}
