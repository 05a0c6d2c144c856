/** A document as a TOML text: to keep, to compare, and to read in again by the same check. */

import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core'
import { IconDownload, IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Dialogue } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import './documents.css'
import type { Table } from './draft'
import { check, type Name } from './scope'

interface Props {
  readonly name: Name
  readonly text: string
  readonly onRead: (content: Table) => void
  readonly onClose: () => void
}

export function TomlDialog({ name, text, onRead, onClose }: Props) {
  const { t } = useWords()
  const [typed, setTyped] = useState(text)
  const reading = useMutation({
    mutationFn: (toml: string) => check(name, { toml }),
    onSuccess: (found) => {
      if (found.is_sound && found.content !== null) onRead({ ...Object(found.content) })
    },
  })
  const problems = reading.data?.problems.filter((one) => !one.is_warning) ?? []
  return (
    <Dialogue onClose={onClose} title={t('documents.toml')} size="xl">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t('documents.tomlNote')}
        </Text>
        <Textarea
          aria-label={t('documents.toml')}
          classNames={{ input: 'cf-toml' }}
          rows={18}
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {problems.length > 0 && (
          <ul className="cf-toml-problems" role="alert">
            {problems.map((one) => (
              <li key={`${one.field} ${one.text}`}>
                {one.line !== null && t('documents.line', { n: one.line })} {one.field} {one.text}
              </li>
            ))}
          </ul>
        )}
        <Refusal error={reading.error} />
        <Group justify="flex-end">
          <FileButton accept=".toml,text/plain" onChange={(file) => void read(file, setTyped)}>
            {(props) => (
              <Button
                {...props}
                variant="default"
                leftSection={<IconUpload size={14} aria-hidden />}
              >
                {t('documents.fromFile')}
              </Button>
            )}
          </FileButton>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            onClick={() => keep(`${name}.toml`, typed)}
          >
            {t('documents.toFile')}
          </Button>
          <Button
            disabled={typed === text}
            loading={reading.isPending}
            onClick={() => reading.mutate(typed)}
          >
            {t('documents.readIn')}
          </Button>
        </Group>
      </Stack>
    </Dialogue>
  )
}

async function read(file: File | null, onText: (text: string) => void): Promise<void> {
  if (file !== null) onText(await file.text())
}

function keep(name: string, text: string): void {
  const link = window.document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/toml' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
