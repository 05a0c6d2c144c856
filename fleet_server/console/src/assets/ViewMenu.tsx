/** Chooses, saves and deletes views of the asset table. */

import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core'
import { IconBookmark, IconCheck, IconChevronDown, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Form } from '../app/parts'
import { useWords } from '../words'
import { BUILT_IN, useSavedViews } from './savedViews'
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
  const mark = (choice: View) =>
    isSame(choice, view) ? <IconCheck size={14} aria-hidden /> : <span style={{ width: 14 }} />
  return (
    <Menu position="bottom-start" width={260} closeOnItemClick={false}>
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconBookmark size={14} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={`${t('assets.views.label')}: ${current?.name ?? t('assets.views.custom')}`}
        >
          {current?.name ?? t('assets.views.custom')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {choices.slice(0, WORDS.length).map((choice) => (
          <Menu.Item
            key={choice.name}
            leftSection={mark(choice.view)}
            closeMenuOnClick
            onClick={() => onChange(choice.view)}
          >
            {choice.name}
          </Menu.Item>
        ))}
        {saved.length > 0 && <Menu.Label>{t('assets.views.own')}</Menu.Label>}
        {saved.map((choice) => (
          <Group key={choice.name} gap={0} wrap="nowrap">
            <Menu.Item
              leftSection={mark(choice.view)}
              closeMenuOnClick
              onClick={() => onChange(choice.view)}
            >
              {choice.name}
            </Menu.Item>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('assets.views.remove', { name: choice.name })}
              onClick={() => remove(choice.name)}
            >
              <IconTrash size={14} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Menu.Divider />
        <SaveAs onSave={(name) => save(name, view)} />
      </Menu.Dropdown>
    </Menu>
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
    <Form onSubmit={submit}>
      <Group gap={6} p={6} wrap="nowrap">
        <TextInput
          size="xs"
          flex={1}
          maxLength={40}
          aria-label={t('assets.views.name')}
          placeholder={t('assets.views.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          // The menu would take letters and arrows as its own.
          onKeyDown={(event) => event.key !== 'Escape' && event.stopPropagation()}
        />
        <Button size="xs" type="submit" variant="light" disabled={name.trim() === ''}>
          {t('assets.views.saveAs')}
        </Button>
      </Group>
    </Form>
  )
}
