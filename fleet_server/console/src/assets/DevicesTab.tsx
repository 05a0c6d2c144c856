/** What an asset carries: each device and how it was last found, and beside it one's history. */

import { Table, UnstyledButton } from '@mantine/core'
import { IconDeviceUsb } from '@tabler/icons-react'
import { $api, type Schemas } from '../api/client'
import { instant, NOTHING, number } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { Mark } from '../readiness/Mark'
import type { Tone } from '../readiness/services'
import { useWords } from '../words'
import { DeviceHistory } from './DeviceHistory'
import { OtherDevices, Rest } from './DevicesRest'
import './devices.css'
import classes from './screens.module.css'
import { put, useAddress } from './useAddress'

type Device = Schemas['InventoryDevice']

const ASK_MILLISECONDS = 10_000

const TONES: Readonly<Record<NonNullable<Device['state']>, Tone>> = {
  ok: 'R',
  limited: 'L',
  off: '-',
  fault: 'N',
  absent: 'N',
  unknown: 'U',
}

export function DevicesTab({ asset }: { asset: string }) {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/inventory',
    { params: { path: { asset } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.data === undefined) {
    if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
    return <Loading />
  }
  const { devices, platforms, others } = asked.data
  if (devices.length + platforms.length + others.length === 0) {
    return (
      <EmptyState
        icon={<IconDeviceUsb size={28} stroke={1.5} aria-hidden />}
        title={t('assets.devices.empty')}
        note={t('assets.devices.emptyText')}
      />
    )
  }
  const chosen = params.get('device')
  const choose = (device: string | null) => alter((now) => put(now, 'device', device))
  return (
    <div className="cf-devices" data-open={chosen !== null}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too */}
      <section className={classes.wide} tabIndex={0} aria-label={t('assets.page.tabs.devices')}>
        {devices.length > 0 && <Devices devices={devices} chosen={chosen} onChoose={choose} />}
        <Rest inventory={asked.data} onChoose={choose} />
        {others.length > 0 && <OtherDevices asset={asset} names={others} />}
      </section>
      {chosen !== null && (
        <DeviceHistory
          key={chosen}
          asset={asset}
          device={chosen}
          label={labelOf(asked.data, chosen)}
          onClose={() => choose(null)}
        />
      )}
    </div>
  )
}

function labelOf({ devices, platforms }: Schemas['Inventory'], device: string): string {
  const platform = platforms.find((one) => `platform-${one.name}` === device)
  return devices.find((one) => one.device === device)?.label ?? platform?.label ?? device
}

interface DevicesProps {
  readonly devices: readonly Device[]
  readonly chosen: string | null
  readonly onChoose: (device: string) => void
}

const COLUMNS = ['device', 'kind', 'state', 'serial', 'since', 'proven'] as const

function Devices({ devices, chosen, onChoose }: DevicesProps) {
  const { t } = useWords()
  return (
    <Table verticalSpacing="xs" aria-label={t('assets.page.tabs.devices')}>
      <Table.Thead>
        <Table.Tr>
          {COLUMNS.map((column) => (
            <Table.Th key={column}>{t(`assets.devices.${column}`)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {devices.map((one) => (
          <Table.Tr key={one.device} data-device={one.device} data-chosen={one.device === chosen}>
            <Table.Td>
              <UnstyledButton
                className="cf-link"
                title={t('assets.devices.history', { device: one.label })}
                onClick={() => onChoose(one.device)}
              >
                {one.label}
              </UnstyledButton>
              <div className="cf-quiet cf-mono">{one.device}</div>
            </Table.Td>
            <Table.Td>
              {one.kind_word || NOTHING}
              <div className="cf-quiet">{remark(one, t)}</div>
            </Table.Td>
            <Table.Td>
              <State device={one} />
            </Table.Td>
            <Table.Td>
              <Serial device={one} />
            </Table.Td>
            <Table.Td className="cf-instant">{instant(one.since)}</Table.Td>
            <Table.Td className="cf-instant">{instant(one.proven_at)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

type Translate = ReturnType<typeof useWords>['t']

function remark(one: Device, t: Translate): string {
  if (!one.in_profile) return t('assets.devices.stranger')
  const said = [
    one.is_optional && t('assets.devices.optional'),
    one.may_be_off && t('assets.devices.mayBeOff'),
  ]
  return said.filter(Boolean).join(' · ')
}

function State({ device }: { device: Device }) {
  const { t } = useWords()
  if (device.state === null) return <Mark letter="-" word={t('assets.devices.never')} />
  return (
    <>
      <Mark letter={TONES[device.state]} word={device.state_word} />
      {device.fault_words.length > 0 && (
        <div className="cf-faults">{device.fault_words.join(' · ')}</div>
      )}
      {device.battery_percent !== null && (
        <div className="cf-quiet">
          {t('assets.devices.battery', { level: number(device.battery_percent, '%', 0) })}
        </div>
      )}
    </>
  )
}

function Serial({ device }: { device: Device }) {
  const { t } = useWords()
  const { serial, expected_serial: expected } = device
  return (
    <>
      <span className="cf-mono">{serial || NOTHING}</span>
      {expected !== '' && serial !== expected && (
        <div className={serial === '' ? 'cf-quiet' : 'cf-faults'}>
          {t('assets.devices.expected', { serial: expected })}
        </div>
      )}
    </>
  )
}
