/** Chooses, saves and deletes views of the asset table. */

import { ActionIcon, Button, Group, Popover, Space, Text, TextInput } from '@mantine/core'
import { IconBookmark, IconCheck, IconChevronDown, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Form } from '../app/parts'
import { useWords } from '../words'
import { BUILT_IN, useSavedViews } from './savedViews'
import screens from './screens.module.css'
import { ALL, isSame, type View } from './view'

interface Props {
  readonly view: View
  readonly onChange: (view: View) => void
  readonly account: string
}

const WORDS = ['all', 'offline', 'never', 'retired'] as const

export function ViewMenu({ view, onChange, account }: Props) {
  const { t } = useWords()
  const { saved, save, remove } = useSavedViews(account)
  const choices = [
    ...WORDS.map((word) => ({
      name: t(`assets.views.${word}`),
      view: { ...ALL, ...BUILT_IN[word] },
    })),
    ...saved,
  ]
  const current = choices.find((choice) => isSame(choice.view, view))
  const [isOpen, setOpen] = useState(false)
  const item = (choice: { name: string; view: View }) => (
    <Button
      size="xs"
      variant="subtle"
      color="gray"
      justify="flex-start"
      flex={1}
      c="inherit"
      fw="normal"
      leftSection={
        isSame(choice.view, view) ? <IconCheck size={14} aria-hidden /> : <Space w={14} />
      }
      aria-current={isSame(choice.view, view)}
      onClick={() => {
        setOpen(false)
        onChange(choice.view)
      }}
    >
      {choice.name}
    </Button>
  )
  return (
    <Popover
      position="bottom-start"
      width={260}
      shadow="md"
      trapFocus
      returnFocus
      opened={isOpen}
      onChange={setOpen}
    >
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBookmark size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`${t('assets.views.label')}: ${current?.name ?? t('assets.views.custom')}`}
          onClick={() => setOpen(!isOpen)}
        >
          {current?.name ?? t('assets.views.custom')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label={t('assets.views.label')}>
        <ul className={screens.views}>
          {choices.slice(0, WORDS.length).map((choice) => (
            <li key={choice.name}>{item(choice)}</li>
          ))}
        </ul>
        {saved.length > 0 && (
          <>
            <Text size="xs" c="dimmed" px={10} pt={6}>
              {t('assets.views.own')}
            </Text>
            <ul className={screens.views}>
              {saved.map((choice) => (
                <li key={choice.name}>
                  {item(choice)}
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={t('assets.views.remove', { name: choice.name })}
                    onClick={() => remove(choice.name)}
                  >
                    <IconTrash size={14} aria-hidden />
                  </ActionIcon>
                </li>
              ))}
            </ul>
          </>
        )}
        <SaveAs onSave={(name) => save(name, view)} />
      </Popover.Dropdown>
    </Popover>
  )
}

function SaveAs({ onSave }: { onSave: (name: string) => void }) {
  const { t } = useWords()
  const [name, setName] = useState('')
  const submit = () => {
    if (name.trim() === '') return
    onSave(name.trim())
    setName('')
  }
  return (
    <Form onSubmit={submit} className={screens.saveView}>
      <Group gap={6} p={6} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          maxLength={40}
          aria-label={t('assets.views.name')}
          placeholder={t('assets.views.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button size="xs" type="submit" variant="light" disabled={name.trim() === ''}>
          {t('assets.views.saveAs')}
        </Button>
      </Group>
    </Form>
  )
}
