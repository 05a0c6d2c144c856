/** The id of a new asset, checked while it is typed. */

import { Button, Group, Text, TextInput } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words'
import { type Draft, isIdPossible, nextId } from './draft'
import { useEverything } from './useEverything'

interface Props {
  readonly draft: Draft
  readonly onChange: (id: string) => void
  readonly error: ReactNode
}

export function IdField({ draft, onChange, error }: Props) {
  const { t } = useWords()
  const { assets, isLoading } = useEverything('include')
  const proposal = nextId(draft.kind, assets.values())
  const isTaken = assets.has(draft.id)
  const isBad = draft.id !== '' && !isIdPossible(draft.id)
  const problem =
    error ||
    (isBad && t('assets.form.idBad')) ||
    (isTaken && t('assets.form.idTaken', { asset: draft.id }))
  const isFree = draft.id !== '' && !isBad && !isTaken && !isLoading && !error
  return (
    <Group gap="sm" align="end" wrap="nowrap">
      <TextInput
        flex={1}
        label={t('assets.form.id')}
        description={t('assets.form.idHint')}
        required
        maxLength={32}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={draft.id}
        error={problem}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
        rightSectionWidth={90}
        rightSection={
          isFree && (
            <Text size="xs" c="var(--cf-ready-text)" role="status">
              <IconCheck size={12} aria-hidden /> {t('assets.form.idFree')}
            </Text>
          )
        }
        data-autofocus
      />
      {draft.id === '' && !isLoading && (
        <Button variant="default" onClick={() => onChange(proposal)}>
          {t('assets.form.idSuggest', { asset: proposal })}
        </Button>
      )}
    </Group>
  )
}
