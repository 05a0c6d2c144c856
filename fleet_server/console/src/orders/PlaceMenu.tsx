/** What can be asked of an asset, each with a dialogue that says what it means. */

import { Button, Menu } from '@mantine/core'
import {
  IconChevronDown,
  IconEye,
  IconFileZip,
  IconPlayerPlay,
  IconRefresh,
  IconStethoscope,
  type TablerIcon,
} from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../words'
import { PlaceDialog } from './PlaceDialog'
import type { Order } from './state'

const ICONS = {
  bundle: IconPlayerPlay,
  check_now: IconStethoscope,
  command: IconEye,
  restart: IconRefresh,
  diagnose: IconFileZip,
} as const satisfies Record<Order['kind'], TablerIcon>
const KINDS = Object.keys(ICONS) as readonly Order['kind'][]

interface Props {
  readonly asset: string
  readonly onPlaced: (order: string) => void
}

export function PlaceMenu({ asset, onPlaced }: Props) {
  const { t } = useWords()
  const [asking, setAsking] = useState<Order['kind'] | null>(null)
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button size="xs" rightSection={<IconChevronDown size={14} aria-hidden />}>
            {t('orders.place')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map((kind) => {
            const Icon = ICONS[kind]
            return (
              <Menu.Item
                key={kind}
                leftSection={<Icon size={15} aria-hidden />}
                onClick={() => setAsking(kind)}
              >
                {t(`orders.kinds.${kind}`)}
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
      {asking !== null && (
        <PlaceDialog
          asset={asset}
          kind={asking}
          onPlaced={onPlaced}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  )
}
