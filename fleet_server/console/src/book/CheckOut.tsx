/** A backpack leaves its cupboard: who takes it, what for, how, until when, and with what in it. */

import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type Asset, useAssets } from '../api/assets'
import { $api, type Schemas } from '../api/client'
import { date } from '../app/format'
import { Dialogue, Form } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { Count, counted, type Line } from './Count'
import type { Entry } from './entries'

const CARRIERS = ['vehicle', 'car', 'person'] as const
type Carrier = (typeof CARRIERS)[number]

interface Draft {
  readonly asset: string | null
  readonly who: string
  readonly purpose: string
  readonly carrier: Carrier
  readonly vehicle: string | null
  /** `2026-03-02T18:00`, Asia/Shanghai. */
  readonly due: string
}

interface Props {
  readonly out: readonly Entry[]
  /** The one that is looked at. */
  readonly asset: string | null
  readonly onClose: () => void
}

export function CheckOut({ out, asset, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const assets = [...useAssets().assets.values()]
  const backpacks = assets.filter(
    (one) => one.kind === 'backpack' && out.every((entry) => entry.asset !== one.id),
  )
  const first = backpacks.some((one) => one.id === asset) ? asset : null
  const [draft, setDraft] = useState<Draft>(() => ({
    asset: first,
    who: '',
    purpose: '',
    carrier: 'vehicle',
    vehicle: null,
    due: dueAt(Date.now()),
  }))
  const [isTried, setTried] = useState(false)
  const [lines, setLines] = useLines(draft.asset)
  const taking = $api.useMutation('post', '/api/v1/assets/{asset}/check-out', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part })
  const isByVehicle = draft.carrier === 'vehicle'
  const wrong = {
    asset: draft.asset === null && t('book.backpackMissing'),
    who: draft.who.trim() === '' && t('book.whoMissing'),
    vehicle: isByVehicle && draft.vehicle === null && t('book.vehicleMissing'),
    due: draft.due === '' && t('book.dueMissing'),
  }
  const submit = () => {
    setTried(true)
    if (draft.asset === null || Object.values(wrong).some(Boolean)) return
    taking.mutate({
      params: { path: { asset: draft.asset } },
      body: {
        carrier: draft.carrier,
        vehicle: isByVehicle ? draft.vehicle : null,
        who: draft.who.trim(),
        purpose: draft.purpose.trim(),
        due_at: `${draft.due}:00+08:00`,
        counted: counted(lines),
      },
    })
  }
  return (
    <Dialogue onClose={onClose} title={t('book.takeTitle')} size="lg">
      <Form onSubmit={submit}>
        <Stack gap="sm">
          <Select
            label={t('book.backpack')}
            searchable
            required
            placeholder={backpacks.length === 0 ? t('book.noneIn') : ''}
            data={backpacks.map(optionOf)}
            value={draft.asset}
            error={isTried && wrong.asset}
            onChange={(value) => change({ asset: value })}
          />
          <Group grow align="flex-start">
            <TextInput
              label={t('book.who')}
              required
              maxLength={80}
              value={draft.who}
              error={isTried && wrong.who}
              onChange={(event) => change({ who: event.currentTarget.value })}
            />
            <TextInput
              label={t('book.dueAt')}
              type="datetime-local"
              required
              value={draft.due}
              error={isTried && wrong.due}
              onChange={(event) => change({ due: event.currentTarget.value })}
            />
          </Group>
          <TextInput
            label={t('book.purpose')}
            maxLength={200}
            value={draft.purpose}
            onChange={(event) => change({ purpose: event.currentTarget.value })}
          />
          <SegmentedControl
            size="xs"
            aria-label={t('book.carrier')}
            data={CARRIERS.map((word) => ({ value: word, label: t(`book.carriers.${word}`) }))}
            value={draft.carrier}
            onChange={(word) =>
              change({ carrier: CARRIERS.find((one) => one === word) ?? 'vehicle' })
            }
          />
          {isByVehicle && (
            <Select
              label={t('book.vehicle')}
              description={t('book.vehicleHint')}
              searchable
              required
              data={vehiclesFor(draft.asset, assets).map(optionOf)}
              value={draft.vehicle}
              error={isTried && wrong.vehicle}
              onChange={(value) => change({ vehicle: value })}
            />
          )}
          {draft.asset === null ? (
            <Text size="sm" c="dimmed">
              {t('book.choose')}
            </Text>
          ) : (
            <Count lines={lines} onChange={setLines} />
          )}
          <Refusal error={taking.error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={taking.isPending}>
              {t('book.take')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

/** What the backpack's profile names, with the battery that each told last. */
function useLines(asset: string | null) {
  const [lines, setLines] = useState<readonly Line[]>([])
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/inventory',
    { params: { path: { asset: asset ?? '' } } },
    { enabled: asset !== null, staleTime: Number.POSITIVE_INFINITY },
  )
  const devices = asked.data?.devices
  useEffect(() => {
    setLines(
      (devices ?? []).map((one) => ({
        name: nameIn(devices ?? [], one),
        isThere: true,
        level: one.battery_percent === null ? '' : String(Math.round(one.battery_percent)),
        hasBattery: one.battery_percent !== null || RECHARGED.has(one.kind ?? ''),
      })),
    )
  }, [devices])
  return [lines, setLines] as const
}

type Device = Schemas['InventoryDevice']

/** Kinds that are charged before they go out, though not all of them tell how full they are. */
const RECHARGED: ReadonlySet<string> = new Set<NonNullable<Device['kind']>>([
  'tablet',
  'drone',
  'portable_printer',
  'battery',
])

/** What people call it, with its key where several are called so. */
function nameIn(devices: readonly Device[], one: Device): string {
  const isAlone = devices.filter((other) => other.label === one.label).length === 1
  return isAlone ? one.label : `${one.label} ${one.device}`
}

/** Those of the backpack's own court first: they are what it rides on. */
function vehiclesFor(asset: string | null, assets: readonly Asset[]): Asset[] {
  const court = assets.find((one) => one.id === asset)?.court
  const vehicles = assets.filter((one) => one.kind === 'vehicle')
  return vehicles.sort((one, other) => Number(other.court === court) - Number(one.court === court))
}

function optionOf(asset: Asset): { value: string; label: string } {
  const name = asset.name === asset.id ? '' : ` ${asset.name}`
  return { value: asset.id, label: `${asset.id}${name}` }
}

const HOUR = 3_600_000
const CLOSES = '18:00'

/** The end of the working day, or of the next one when that is near. */
function dueAt(now: number): string {
  return `${date(now + 7 * HOUR)}T${CLOSES}`
}
