/** Inputs bound to one field of a table, each with what the server says of it beneath. */

import { MultiSelect, Select, Switch, TextInput } from '@mantine/core'
import { useWords } from '../words'
import { at, type Table, textOf, textsOf, useRemark } from './draft'
import type { FieldWord, Option } from './words'

export interface Bound {
  readonly table: Table
  /** Where the table stands in the document. */
  readonly base: string
  readonly onChange: (table: Table) => void
}

interface FieldProps extends Bound {
  readonly field: FieldWord
  /** What it is called, where not by the field's own word. */
  readonly word?: FieldWord
}

const DOUBT = { c: 'var(--cf-limited-text)' }
/** Fields beside each other stay in line, whatever is explained of one of them. */
const ORDER: ('label' | 'input' | 'description' | 'error')[] = [
  'label',
  'input',
  'description',
  'error',
]

/** Label, explanation, and what is wrong. */
function useCommon(field: FieldWord, path: string) {
  const { t } = useWords()
  const { error, doubt } = useRemark(path)
  const hints = t('documents.hints', { returnObjects: true }) as Readonly<Record<string, string>>
  const hint = doubt ?? hints[field]
  return {
    size: 'xs',
    label: t(`documents.fields.${field}`),
    'data-path': path,
    ...(hint !== undefined && { description: hint }),
    ...(doubt !== undefined && { descriptionProps: DOUBT }),
    ...(error !== undefined && { error }),
  } as const
}

export function TextField({ table, base, field, word = field, onChange }: FieldProps) {
  const common = useCommon(word, at(base, field))
  return (
    <TextInput
      {...common}
      inputWrapperOrder={ORDER}
      value={textOf(table, field)}
      onChange={(event) => onChange({ ...table, [field]: event.currentTarget.value })}
    />
  )
}

/** What is no number is kept as it was typed: the server says what it expects. */
export function NumberField({ table, base, field, onChange }: FieldProps) {
  const common = useCommon(field, at(base, field))
  const change = (typed: string) => {
    const number = Number(typed)
    const isNumber = typed.trim() !== '' && Number.isFinite(number) && !/\.$/.test(typed)
    onChange({ ...table, [field]: isNumber ? number : typed })
  }
  return (
    <TextInput
      {...common}
      inputWrapperOrder={ORDER}
      inputMode="decimal"
      value={textOf(table, field)}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}

export function FlagField({ table, base, field, onChange }: FieldProps) {
  const { descriptionProps, ...common } = useCommon(field, at(base, field))
  return (
    <Switch
      {...common}
      checked={table[field] === true}
      onChange={(event) => onChange({ ...table, [field]: event.currentTarget.checked })}
    />
  )
}

interface ChoiceProps extends FieldProps {
  readonly options: readonly Option[]
  /** What stands for null, where the field may be left out. */
  readonly nothing?: string
}

export function ChoiceField({ table, base, field, options, nothing, onChange }: ChoiceProps) {
  const common = useCommon(field, at(base, field))
  const value = textOf(table, field)
  return (
    <Select
      {...common}
      inputWrapperOrder={ORDER}
      allowDeselect={false}
      clearable={nothing !== undefined}
      placeholder={nothing}
      searchable={options.length > 8}
      data={withUnknown(options, value === '' ? [] : [value])}
      value={value === '' ? null : value}
      onChange={(chosen) => onChange({ ...table, [field]: chosen })}
    />
  )
}

export function ChoicesField({ table, base, field, options, onChange }: ChoiceProps) {
  const common = useCommon(field, at(base, field))
  const value = textsOf(table, field)
  return (
    <MultiSelect
      {...common}
      inputWrapperOrder={ORDER}
      searchable
      hidePickedOptions
      data={withUnknown(options, value)}
      value={value}
      onChange={(chosen) => onChange({ ...table, [field]: chosen })}
    />
  )
}

/** What the document names and the list does not know is shown as it is. */
function withUnknown(options: readonly Option[], values: readonly string[]): Option[] {
  const unknown = values.filter((value) => options.every((one) => one.value !== value))
  return [...options, ...unknown.map((value) => ({ value, label: value }))]
}
