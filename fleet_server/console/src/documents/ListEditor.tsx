/** A list of tables: the entries on the left, the chosen one's form on the right. */

import { ActionIcon, Button, Group } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { type ReactNode, useContext } from 'react'
import '../app/parts/choice.css'
import { useWords } from '../words'
import { at, changed, isWithin, Problems, type Table } from './draft'
import type { Bound } from './inputs'

interface Props {
  /** What the list is called in the document, which is its path too. */
  readonly field: string
  readonly label: string
  readonly items: readonly Table[]
  readonly chosen: number
  readonly onChoose: (place: number) => void
  readonly onChange: (items: readonly Table[]) => void
  readonly titleOf: (item: Table) => string
  /** What a new entry begins with. */
  readonly made: Table
  readonly children: (bound: Bound) => ReactNode
}

export function ListEditor(props: Props) {
  const { field, label, items, chosen, onChoose, onChange, titleOf, made, children } = props
  const { t } = useWords()
  const item = items[chosen]
  const insert = (place: number, table: Table) => {
    onChange([...items.slice(0, place), table, ...items.slice(place)])
    onChoose(place)
  }
  return (
    <div className="cf-parts">
      <div className="cf-parts-list">
        <ol aria-label={label}>
          {items.map((one, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: its place is all that an entry is known by
            <li key={place}>
              <button
                type="button"
                className="cf-choice"
                aria-current={place === chosen ? 'true' : undefined}
                onClick={() => onChoose(place)}
              >
                <span>{titleOf(one) || t('documents.unnamed')}</span>
                <Flaw path={at(field, place)} />
              </button>
            </li>
          ))}
        </ol>
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => insert(items.length, made)}
        >
          {t('documents.add')}
        </Button>
      </div>
      {item !== undefined && (
        <div className="cf-parts-form">
          <Tools
            place={chosen}
            count={items.length}
            onMove={(to) => {
              const rest = items.filter((_, here) => here !== chosen)
              onChange([...rest.slice(0, to), item, ...rest.slice(to)])
              onChoose(to)
            }}
            onCopy={() => insert(chosen + 1, item)}
            onRemove={() => {
              onChange(items.filter((_, here) => here !== chosen))
              onChoose(Math.max(0, chosen - 1))
            }}
          />
          {children({
            table: item,
            base: at(field, chosen),
            onChange: (table) => onChange(changed(items, chosen, table)),
          })}
        </div>
      )}
    </div>
  )
}

function Flaw({ path }: { path: string }) {
  const { t } = useWords()
  const found = useContext(Problems).filter((one) => isWithin(path, one.field))
  if (found.length === 0) return null
  const isBad = found.some((one) => !one.is_warning)
  const word = t(isBad ? 'documents.wrong' : 'documents.doubtful')
  return (
    <span className="cf-flaw" data-bad={isBad} title={word}>
      <IconAlertTriangle size={14} aria-hidden />
      <span className="cf-unseen">{word}</span>
    </span>
  )
}

interface ToolsProps {
  readonly place: number
  readonly count: number
  readonly onMove: (to: number) => void
  readonly onCopy: () => void
  readonly onRemove: () => void
}

function Tools({ place, count, onMove, onCopy, onRemove }: ToolsProps) {
  const { t } = useWords()
  const tools = [
    { word: 'up', Icon: IconArrowUp, act: () => onMove(place - 1), isOff: place === 0 },
    { word: 'down', Icon: IconArrowDown, act: () => onMove(place + 1), isOff: place === count - 1 },
    { word: 'copy', Icon: IconCopy, act: onCopy, isOff: false },
    { word: 'remove', Icon: IconTrash, act: onRemove, isOff: false },
  ] as const
  return (
    <Group gap={2} justify="flex-end">
      {tools.map(({ word, Icon, act, isOff }) => (
        <ActionIcon
          key={word}
          variant="subtle"
          color="gray"
          aria-label={t(`documents.${word}`)}
          title={t(`documents.${word}`)}
          disabled={isOff}
          onClick={act}
        >
          <Icon size={15} aria-hidden />
        </ActionIcon>
      ))}
    </Group>
  )
}
