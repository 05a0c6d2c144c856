/** A button that downloads a file; what the server says against it is shown under the button. */

import { Button, Popover, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { said } from '../api/client'
import { useFile, type WantedFile } from './files'

interface Props {
  readonly file: WantedFile
  readonly label: string
}

export function FileButton({ file, label }: Props) {
  const keeping = useFile()
  return (
    <Popover opened={keeping.isError} onChange={() => keeping.reset()}>
      <Popover.Target>
        <Button
          size="xs"
          variant="default"
          loading={keeping.isPending}
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => keeping.mutate(file)}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text role="alert" size="sm" c="var(--cf-fault-text)">
          {keeping.error ? said(keeping.error) : ''}
        </Text>
      </Popover.Dropdown>
    </Popover>
  )
}
