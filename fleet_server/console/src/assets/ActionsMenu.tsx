/** What can be done with one asset, and the dialogues that do it. */

import { Button, Menu } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowsExchange,
  IconChevronDown,
  IconDeviceDesktopShare,
  IconPencil,
  IconPlayerStop,
  IconQrcode,
  IconStethoscope,
  type TablerIcon,
} from '@tabler/icons-react'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { useMay } from '../app/session'
import { useWords } from '../words'
import { EditDialog } from './EditDialog'
import { ReinstateDialog, ReplaceDialog, RetireDialog } from './lifecycle'
import { MoveDialog } from './MoveDialog'
import { StationKeyDialog } from './StationKeyDialog'

const ICONS = {
  edit: IconPencil,
  invite: IconQrcode,
  key: IconStethoscope,
  replace: IconDeviceDesktopShare,
  move: IconArrowsExchange,
  retire: IconPlayerStop,
  reinstate: IconArrowBackUp,
} as const satisfies Record<string, TablerIcon>
/** What a browser can check for itself. */
const FIXED: ReadonlySet<string> = new Set(['clinic', 'station'])
type Action = keyof typeof ICONS

interface Props {
  readonly asset: Asset
  /** There is a new enrolment string, or somebody asked for the place where to make one. */
  readonly onInvited: () => void
}

export function ActionsMenu({ asset, onInvited }: Props) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const [doing, setDoing] = useState<Action | null>(null)
  if (!mayOperate) return null
  const actions: readonly Action[] = asset.retired_at
    ? ['edit', 'reinstate']
    : [
        'edit',
        'invite',
        ...(FIXED.has(asset.kind) ? (['key'] as const) : []),
        'replace',
        'move',
        'retire',
      ]
  const start = (action: Action) => (action === 'invite' ? onInvited() : setDoing(action))
  const close = () => setDoing(null)
  const invited = () => {
    close()
    onInvited()
  }
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            rightSection={<IconChevronDown size={14} aria-hidden />}
          >
            {t('assets.page.actions')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {actions.map((action) => {
            const Icon = ICONS[action]
            return (
              <Menu.Item
                key={action}
                leftSection={<Icon size={15} aria-hidden />}
                onClick={() => start(action)}
              >
                {t(`assets.page.${action}`)}
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
      {doing === 'edit' && <EditDialog asset={asset} onClose={close} />}
      {doing === 'key' && <StationKeyDialog asset={asset.id} onClose={close} />}
      {doing === 'move' && <MoveDialog assets={[asset]} onClose={close} />}
      {doing === 'retire' && <RetireDialog asset={asset} onClose={close} />}
      {doing === 'replace' && <ReplaceDialog asset={asset} onClose={close} onInvited={invited} />}
      {doing === 'reinstate' && (
        <ReinstateDialog asset={asset} onClose={close} onInvited={invited} />
      )}
    </>
  )
}
