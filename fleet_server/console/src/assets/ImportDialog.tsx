/** Imports assets from a table: choose, look at every row, apply, see the result. */

import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { isProblem } from '../api/client'
import { Dialogue, Loading } from '../app/parts'
import { useWords } from '../words'
import { FileChoice } from './FileChoice'
import { ImportRows } from './ImportRows'
import { type Applied, apply, type Preview, preview } from './importing'
import { Refusal } from './parts'

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const looking = useMutation({ mutationFn: preview })
  const applying = useMutation({
    mutationFn: ({ file, digest }: { file: File; digest: string }) => apply(file, digest),
    onSuccess: () => void questions.invalidateQueries(),
  })
  const look = (next: File) => {
    setFile(next)
    applying.reset()
    looking.mutate(next)
  }
  const restart = () => {
    setFile(null)
    looking.reset()
    applying.reset()
  }
  return (
    <Dialogue onClose={onClose} title={t('assets.importing.title')} size="min(1080px, 94vw)">
      <Stack gap="sm">
        {file === null && <FileChoice onFile={look} />}
        {file !== null && looking.isPending && <Loading />}
        {file !== null && looking.error && (
          <>
            <Refusal error={looking.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={restart}>
                {t('assets.importing.other')}
              </Button>
            </Group>
          </>
        )}
        {file !== null && looking.data && applying.data === undefined && (
          <Look
            file={file}
            found={looking.data}
            error={applying.error}
            isBusy={applying.isPending}
            onApply={() => applying.mutate({ file, digest: looking.data.digest })}
            onAgain={() => look(file)}
            onOther={restart}
          />
        )}
        {applying.data && <Done applied={applying.data} onClose={onClose} />}
      </Stack>
    </Dialogue>
  )
}

interface LookProps {
  readonly file: File
  readonly found: Preview
  readonly error: unknown
  readonly isBusy: boolean
  readonly onApply: () => void
  readonly onAgain: () => void
  readonly onOther: () => void
}

function Look({ file, found, error, isBusy, onApply, onAgain, onOther }: LookProps) {
  const { t } = useWords()
  const { new: added, changed } = found.counts
  const isNothing = added + changed === 0
  const isStale = isProblem(error) && error.status === 409
  return (
    <>
      <Text fw={600}>{t('assets.importing.preview', { file: file.name })}</Text>
      <ImportRows preview={found} />
      <Text size="sm" c="dimmed">
        {t('assets.importing.keeps')}
      </Text>
      {isNothing && <Text role="status">{t('assets.importing.nothing')}</Text>}
      <Refusal error={error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onOther}>
          {t('assets.importing.other')}
        </Button>
        {isStale && (
          <Button variant="default" onClick={onAgain}>
            {t('assets.importing.again')}
          </Button>
        )}
        <Button disabled={isNothing || isStale} loading={isBusy} onClick={onApply}>
          {t('assets.importing.apply', { added, changed })}
        </Button>
      </Group>
    </>
  )
}

function Done({ applied, onClose }: { applied: Applied; onClose: () => void }) {
  const { t } = useWords()
  const { new: added, changed, unchanged, refused } = applied.counts
  return (
    <>
      <Alert color="green" variant="light" role="status">
        <Text c="var(--cf-text)">
          {t('assets.importing.applied', { added, changed, unchanged, refused })}
        </Text>
      </Alert>
      <Text size="sm">{t('assets.importing.undo')}</Text>
      <Group justify="flex-end">
        <Button variant="default" component={Link} to="/journal">
          {t('assets.importing.journal')}
        </Button>
        <Button onClick={onClose}>{t('app.close')}</Button>
      </Group>
    </>
  )
}
