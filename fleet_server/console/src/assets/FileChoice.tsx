/** Where a table is dropped or chosen, and where its template comes from. */

import { Button, FileButton, Group, Text } from '@mantine/core'
import { IconFileSpreadsheet } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { useWords } from '../words'
import { FileButton as TemplateButton } from './FileButton'
import { ACCEPTED } from './importing'
import classes from './screens.module.css'

export function FileChoice({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useWords()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [file] = event.dataTransfer.files
    if (file) onFile(file)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDrop={drop}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
    >
      <IconFileSpreadsheet size={36} stroke={1.4} aria-hidden />
      <Text>{t('assets.importing.drop')}</Text>
      <FileButton accept={ACCEPTED} onChange={(file) => file && onFile(file)}>
        {(props) => <Button {...props}>{t('assets.importing.choose')}</Button>}
      </FileButton>
      <Text size="sm" c="dimmed">
        {t('assets.importing.formats')}
      </Text>
      <Group gap="md">
        {(['xlsx', 'csv'] as const).map((format) => (
          <TemplateButton
            key={format}
            file={{ path: '/assets/template', query: { format } }}
            label={`${t('assets.importing.template')} (${format})`}
          />
        ))}
      </Group>
    </div>
  )
}
