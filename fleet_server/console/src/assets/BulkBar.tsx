/** What can be done with the assets that are selected. */

import { Button, Group, Text } from '@mantine/core'
import { IconArrowsExchange, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { useWords } from '../words'
import { FileButton } from './FileButton'
import { MoveDialog } from './MoveDialog'

interface Props {
  readonly assets: readonly Asset[]
  /** Every asset there is: then the file needs no list of them. */
  readonly isEverything: boolean
  readonly mayMove: boolean
  readonly onClear: () => void
}

export function BulkBar({ assets, isEverything, mayMove, onClear }: Props) {
  const { t } = useWords()
  // Those that were selected when the dialogue opened: what it moves must not change under it.
  const [moving, setMoving] = useState<readonly Asset[]>([])
  const ids = isEverything ? undefined : assets.map((asset) => asset.id)
  const serving = assets.filter((asset) => !asset.retired_at)
  return (
    <Group gap="xs">
      <Text fw={600} role="status">
        {t('assets.select.count', { n: assets.length })}
      </Text>
      {(['xlsx', 'csv'] as const).map((format) => (
        <FileButton
          key={format}
          file={{ path: '/assets/export', query: { format, asset: ids, retired: 'include' } }}
          label={t(format === 'xlsx' ? 'assets.exportXlsx' : 'assets.exportCsv')}
        />
      ))}
      {mayMove && (
        <Button
          size="xs"
          variant="default"
          disabled={serving.length === 0}
          leftSection={<IconArrowsExchange size={14} aria-hidden />}
          onClick={() => setMoving(serving)}
        >
          {t('assets.move.title')}
        </Button>
      )}
      <Button
        size="xs"
        variant="subtle"
        leftSection={<IconX size={14} aria-hidden />}
        onClick={onClear}
      >
        {t('assets.select.clear')}
      </Button>
      {moving.length > 0 && <MoveDialog assets={moving} onClose={() => setMoving([])} />}
    </Group>
  )
}
