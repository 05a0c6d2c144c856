/** What an asset carries, and how each thing is reached: a form for each part of a profile. */

import { SimpleGrid, Switch } from '@mantine/core'
import { useWords } from '../words'
import { at, type Table, tableOf, textOf } from './draft'
import { type Bound, ChoiceField, FlagField, NumberField, TextField } from './inputs'
import { type FieldWord, useOptions } from './words'

export const NEW_DEVICE: Table = {
  name: '',
  kind: 'camera',
  reach: { by: 'usb', vendor: '0000', product: '0000' },
  zh: '',
  en: '',
  is_optional: false,
  may_be_off: false,
  serial: '',
}
export const NEW_ITEM: Table = { name: '', zh: '', en: '', good_for_hours: 24 }
export const NEW_PLATFORM: Table = {
  name: '',
  zh: '',
  en: '',
  host: '',
  port: 443,
  is_tls: true,
  path: '',
}
export const NEW_SIM: Table = { iccid: '', quota_bytes: 0, reset_day: 1 }
const NEW_LINK_TEST: Table = { host: '', port: 8862, every_seconds: 5, burst_bytes: 4_000_000 }

type Asked = readonly (readonly [FieldWord, 'text' | 'number' | 'flag' | 'speaks' | 'supply'])[]

/** What each way to reach a device asks for, and what that begins with. */
const REACHES: Readonly<Record<string, { readonly asks: Asked; readonly made: Table }>> = {
  ipp: { asks: [['uri', 'text']], made: { uri: 'ipp://' } },
  rtsp: { asks: [['url', 'text']], made: { url: 'rtsp://' } },
  video: { asks: [['path', 'text']], made: { path: '/dev/video0' } },
  sound: {
    asks: [
      ['pcm', 'text'],
      ['captures', 'flag'],
    ],
    made: { pcm: 'default', captures: false },
  },
  usb: {
    asks: [
      ['vendor', 'text'],
      ['product', 'text'],
    ],
    made: { vendor: '0000', product: '0000' },
  },
  address: {
    asks: [
      ['host', 'text'],
      ['port', 'number'],
      ['speaks', 'speaks'],
      ['path', 'text'],
    ],
    made: { host: '', port: 80, speaks: 'tcp', path: '/' },
  },
  folder: {
    asks: [
      ['path', 'text'],
      ['bytes_an_hour', 'number'],
    ],
    made: { path: '', bytes_an_hour: 2_000_000_000 },
  },
  supply: { asks: [['name', 'supply']], made: { name: '' } },
  input: { asks: [['path', 'text']], made: { path: '' } },
  mavlink: { asks: [['port', 'number']], made: { port: 14_550 } },
}

export function DeviceForm(bound: Bound) {
  const { deviceKinds } = useOptions()
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <ChoiceField {...bound} field="kind" options={deviceKinds} />
        <TextField {...bound} field="name" />
        <TextField {...bound} field="zh" />
        <TextField {...bound} field="en" />
      </SimpleGrid>
      <ReachForm {...bound} />
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TextField {...bound} field="serial" />
        <FlagField {...bound} field="is_optional" />
        <FlagField {...bound} field="may_be_off" />
      </SimpleGrid>
    </>
  )
}

function ReachForm({ table, base, onChange }: Bound) {
  const { t } = useWords()
  const { ways, speaks } = useOptions()
  const reach = tableOf(table, 'reach')
  const by = textOf(reach, 'by')
  const put = (next: Table) => {
    const word = textOf(next, 'by')
    const made = word === by ? next : { by: word, ...REACHES[word]?.made }
    onChange({ ...table, reach: made })
  }
  const bound = { table: reach, base: at(base, 'reach'), onChange: put }
  return (
    <fieldset className="cf-group">
      <legend>{t('documents.reach')}</legend>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <ChoiceField {...bound} field="by" options={ways} />
        {(REACHES[by]?.asks ?? []).map(([field, type]) => {
          if (type === 'flag') return <FlagField key={field} {...bound} field={field} />
          if (type === 'number') return <NumberField key={field} {...bound} field={field} />
          if (type === 'text') return <TextField key={field} {...bound} field={field} />
          if (type === 'supply')
            return <TextField key={field} {...bound} field={field} word="supply_name" />
          return <ChoiceField key={field} {...bound} field={field} options={speaks} />
        })}
      </SimpleGrid>
    </fieldset>
  )
}

export function ItemForm(bound: Bound) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <TextField {...bound} field="zh" />
      <TextField {...bound} field="en" />
      <TextField {...bound} field="name" />
      <NumberField {...bound} field="good_for_hours" />
    </SimpleGrid>
  )
}

export function PlatformForm(bound: Bound) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
      <TextField {...bound} field="zh" />
      <TextField {...bound} field="en" />
      <TextField {...bound} field="name" />
      <TextField {...bound} field="host" />
      <NumberField {...bound} field="port" />
      <TextField {...bound} field="path" />
      <FlagField {...bound} field="is_tls" />
    </SimpleGrid>
  )
}

export function SimForm(bound: Bound) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
      <TextField {...bound} field="iccid" />
      <NumberField {...bound} field="quota_bytes" />
      <NumberField {...bound} field="reset_day" />
    </SimpleGrid>
  )
}

/** The whole profile's own fields. */
export function GeneralForm({ table, onChange }: Bound) {
  const { t } = useWords()
  const isTested = table.link_test !== null && table.link_test !== undefined
  const bound = {
    table: tableOf(table, 'link_test'),
    base: 'link_test',
    onChange: (next: Table) => onChange({ ...table, link_test: next }),
  }
  return (
    <div className="cf-parts-form">
      <TextField table={table} base="" field="name" onChange={onChange} />
      <Switch
        size="xs"
        label={t('documents.linkTest')}
        checked={isTested}
        onChange={(event) =>
          onChange({ ...table, link_test: event.currentTarget.checked ? NEW_LINK_TEST : null })
        }
      />
      {isTested && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <NumberField {...bound} field="every_seconds" />
          <NumberField {...bound} field="burst_bytes" />
          <TextField {...bound} field="host" />
          <NumberField {...bound} field="port" />
        </SimpleGrid>
      )}
    </div>
  )
}
