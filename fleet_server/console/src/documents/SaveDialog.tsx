/** Before a document is saved: whom it reaches, whose readiness changes and how; then a note. */

import { Alert, Button, Checkbox, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { isProblem } from '../api/client'
import { Dialogue, ErrorState, Form, Loading } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { Changes } from './Changes'
import type { Table } from './draft'
import { overtakenBy } from './Origin'
import { type Document, load, type Name, preview, type Scope, save, written } from './scope'

interface Props {
  readonly name: Name
  readonly scope: Scope
  readonly document: Document
  readonly draft: Table
  readonly maySave: boolean
  /** With what was saved, or what somebody else had saved before. */
  readonly onSaved: (document: Document) => void
  readonly onClose: () => void
}

export function SaveDialog(props: Props) {
  const { t } = useWords()
  const { name, scope, document, draft, maySave, onSaved, onClose } = props
  const questions = useQueryClient()
  const [note, setNote] = useState('')
  const [isOver, setOver] = useState(false)
  const theirs = useTheirs(props)
  const looked = useLook(props)
  const saving = useMutation({
    mutationFn: () => {
      const version = theirs.data !== undefined && isOver ? theirs.data.version : document.version
      return save(name, scope, { content: draft, version, note: note.trim(), dry_run: false })
    },
    onSuccess(saved) {
      onSaved(saved)
      void questions.invalidateQueries()
      onClose()
    },
    onError(error) {
      if (isConflict(error)) void theirs.refetch()
    },
  })
  const isOvertaken = isConflict(saving.error)
  return (
    <Dialogue onClose={onClose} title={t('documents.saveTitle')} size="xl">
      <Form onSubmit={() => maySave && saving.mutate()}>
        <Stack gap="sm">
          {looked.error ? (
            <ErrorState error={looked.error} retry={() => void looked.refetch()} />
          ) : looked.data === undefined ? (
            <Loading />
          ) : (
            <Changes preview={looked.data} />
          )}
          {isOvertaken && theirs.data !== undefined && (
            <Alert color="orange" role="alert" title={t('documents.overtaken')}>
              <Text size="sm">{overtakenBy(theirs.data, t)}</Text>
              <Checkbox
                mt="xs"
                size="xs"
                label={t('documents.overwrite', { version: theirs.data.version })}
                checked={isOver}
                onChange={(event) => setOver(event.currentTarget.checked)}
              />
            </Alert>
          )}
          {maySave && (
            <TextInput
              label={t('documents.note')}
              description={t('documents.noteHint')}
              maxLength={200}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
              data-autofocus
            />
          )}
          {!isOvertaken && <Refusal error={saving.error} />}
          <Group justify="flex-end">
            {isOvertaken && (
              <Button
                variant="default"
                onClick={() => {
                  if (theirs.data !== undefined) onSaved(theirs.data)
                  onClose()
                }}
              >
                {t('documents.theirs')}
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {t(maySave ? 'app.cancel' : 'app.close')}
            </Button>
            {maySave && (
              <Button
                type="submit"
                loading={saving.isPending}
                disabled={looked.data === undefined || (isOvertaken && !isOver)}
              >
                {t('app.save')}
              </Button>
            )}
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

function isConflict(error: unknown): boolean {
  return isProblem(error) && error.code === 'document_conflict'
}

/** What somebody else saved meanwhile; asked for only when there is something. */
function useTheirs({ name, scope }: Props) {
  return useQuery({
    queryKey: ['documents', 'theirs', name, written(scope)],
    queryFn: () => load(name, scope),
    enabled: false,
    gcTime: 0,
  })
}

/** From which verdict to which it would take the assets that it reaches. */
function useLook({ name, document, draft }: Props) {
  const { language } = useWords()
  const { assets } = document
  return useQuery({
    queryKey: ['documents', 'look', name, draft, assets, language],
    queryFn: async () =>
      assets.length === 0 ? { looked_at: 0, items: [] } : preview(name, draft, assets),
    gcTime: 0,
  })
}
