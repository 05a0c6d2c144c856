/** The devices that an asset has reported so far, with what each said last. */

import { Table } from '@mantine/core'
import { IconDeviceUsb } from '@tabler/icons-react'
import { instant } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useMetrics } from '../chart/metrics'
import { useWords } from '../words'
import classes from './screens.module.css'
import { useDevices } from './useDevices'
import { shownValue } from './values'

export function DevicesTab({ asset }: { asset: string }) {
  const { t, language } = useWords()
  const catalogue = useMetrics()
  const { items, isLoading, error, refetch } = useDevices(asset)
  if (error) return <ErrorState error={error} retry={refetch} />
  if (isLoading) return <Loading />
  if (items.length === 0) {
    return (
      <EmptyState
        icon={<IconDeviceUsb size={28} stroke={1.5} aria-hidden />}
        title={t('assets.devices.empty')}
        note={t('assets.devices.emptyText')}
      />
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and by keyboard too
    <section className={classes.wide} tabIndex={0} aria-label={t('assets.page.tabs.devices')}>
      <Table verticalSpacing="xs" aria-label={t('assets.page.tabs.devices')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('assets.devices.device')}</Table.Th>
            <Table.Th>{t('assets.devices.first')}</Table.Th>
            <Table.Th>{t('assets.devices.last')}</Table.Th>
            <Table.Th>{t('assets.devices.metrics')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.device}>
              <Table.Td className="cf-mono">{one.device}</Table.Td>
              <Table.Td>{instant(one.first_seen_at)}</Table.Td>
              <Table.Td>{instant(one.last_seen_at)}</Table.Td>
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
