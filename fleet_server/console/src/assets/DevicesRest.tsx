/** What else an asset carries and needs: platforms, manual items, SIM cards, and what only reports. */

import { Table, UnstyledButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Schemas } from '../api/client'
import { instant, NOTHING, number } from '../app/format'
import { useMetrics } from '../chart/metrics'
import { Mark } from '../readiness/Mark'
import type { Tone } from '../readiness/services'
import { useWords } from '../words'
import classes from './screens.module.css'
import { useDevices } from './useDevices'
import { bytes, shownValue } from './values'

interface RestProps {
  readonly inventory: Schemas['Inventory']
  readonly onChoose: (device: string) => void
}

export function Rest({ inventory, onChoose }: RestProps) {
  const { t } = useWords()
  return (
    <>
      {inventory.platforms.length > 0 && (
        <Part title={t('assets.devices.platforms')} columns={['name', 'state', 'since', 'proven']}>
          {inventory.platforms.map((one) => (
            <Table.Tr key={one.name} data-platform={one.name}>
              <Table.Td>
                <UnstyledButton
                  className="cf-link"
                  title={t('assets.devices.history', { device: one.label })}
                  onClick={() => onChoose(`platform-${one.name}`)}
                >
                  {one.label}
                </UnstyledButton>
              </Table.Td>
              <Table.Td>
                <Mark
                  letter={platformTone(one.state)}
                  word={one.state_word || t('assets.devices.never')}
                />
              </Table.Td>
              <Table.Td className="cf-instant">{instant(one.since)}</Table.Td>
              <Table.Td className="cf-instant">{instant(one.proven_at)}</Table.Td>
            </Table.Tr>
          ))}
        </Part>
      )}
      {inventory.items.length > 0 && <Items items={inventory.items} />}
      {inventory.sims.length > 0 && <Sims sims={inventory.sims} />}
    </>
  )
}

function platformTone(state: Schemas['InventoryPlatform']['state']): Tone {
  if (state === null) return '-'
  return state === 'ok' ? 'R' : 'N'
}

type Heading = 'name' | 'state' | 'since' | 'proven' | 'looked' | 'until' | 'sim' | 'used' | 'reset'

interface PartProps {
  readonly title: string
  readonly columns: readonly Heading[]
  readonly children: ReactNode
}

function Part({ title, columns, children }: PartProps) {
  const { t } = useWords()
  return (
    <section className="cf-devices-part">
      <h2 className={classes.heading}>{title}</h2>
      <Table verticalSpacing="xs" aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{t(`assets.devices.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </section>
  )
}

function Items({ items }: { items: Schemas['Inventory']['items'] }) {
  const { t } = useWords()
  const tone = (one: Schemas['InventoryItem']): Tone => {
    if (one.is_there === null) return 'U'
    if (!one.is_there) return 'N'
    return one.good_until !== null && Date.parse(one.good_until) > Date.now() ? 'R' : 'P'
  }
  return (
    <Part title={t('assets.devices.items')} columns={['name', 'state', 'looked', 'until']}>
      {items.map((one) => (
        <Table.Tr key={one.name} data-item={one.name}>
          <Table.Td>{one.label}</Table.Td>
          <Table.Td>
            <Mark letter={tone(one)} word={t(`assets.devices.item.${tone(one)}`)} />
          </Table.Td>
          <Table.Td className="cf-instant">{instant(one.looked_at)}</Table.Td>
          <Table.Td className="cf-instant">{instant(one.good_until)}</Table.Td>
        </Table.Tr>
      ))}
    </Part>
  )
}

function Sims({ sims }: { sims: Schemas['Inventory']['sims'] }) {
  const { t } = useWords()
  const used = (one: Schemas['InventorySim']) => {
    const quota = one.quota_bytes ? ` / ${bytes(one.quota_bytes)}` : ''
    const part = one.used_percent === null ? '' : ` · ${number(one.used_percent, '%', 0)}`
    return one.used_bytes === null ? NOTHING : `${bytes(one.used_bytes)}${quota}${part}`
  }
  return (
    <Part title={t('assets.devices.sims')} columns={['name', 'sim', 'used', 'reset']}>
      {sims.map((one) => (
        <Table.Tr key={one.device} data-sim={one.iccid}>
          <Table.Td className="cf-mono">{one.device}</Table.Td>
          <Table.Td className="cf-mono">{one.iccid}</Table.Td>
          <Table.Td>{used(one)}</Table.Td>
          <Table.Td>
            {one.reset_day === null
              ? NOTHING
              : t('assets.devices.resetDay', { day: one.reset_day })}
          </Table.Td>
        </Table.Tr>
      ))}
    </Part>
  )
}

/** Network interfaces and the like: they tell of no state, only readings. */
export function OtherDevices({ asset, names }: { asset: string; names: readonly string[] }) {
  const { t, language } = useWords()
  const catalogue = useMetrics()
  const items = useDevices(asset).items.filter((one) => names.includes(one.device))
  return (
    <section className="cf-devices-part">
      <h2 className={classes.heading}>{t('assets.devices.others')}</h2>
      <Table verticalSpacing="xs" aria-label={t('assets.devices.others')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('assets.devices.device')}</Table.Th>
            <Table.Th>{t('assets.devices.last')}</Table.Th>
            <Table.Th>{t('assets.devices.metrics')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.device}>
              <Table.Td className="cf-mono">{one.device}</Table.Td>
              <Table.Td className="cf-instant">{instant(one.last_seen_at)}</Table.Td>
              <Table.Td>
                <ul className={classes.chips}>
                  {Object.entries(one.metrics).map(([key, value]) => {
                    const metric = catalogue.get(key)
                    const name = (language === 'en' ? metric?.en : metric?.zh) ?? key
                    return (
                      <li key={key}>
                        {name} <b>{metric ? shownValue(metric, value) : String(value)}</b>
                      </li>
                    )
                  })}
                </ul>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
