/**
 * Choose a position by a click on the map, or type it.
 *
 *     <PickPlace value={home} onChange={setHome} />
 *
 * `value` and what `onChange` gives are WGS-84, whatever datum the map that was clicked on has;
 * null is "no position". Without WebGL only the two fields are shown.
 */

import {
  ActionIcon,
  Group,
  NumberInput,
  Select,
  Stack,
  Text,
  useComputedColorScheme,
} from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useWords } from '../words'
import { useBase, useSources } from './base'
import { OFFLINE } from './sources'
import type { Looks } from './style'
import './map.css'
import { canDraw } from './webgl'

const PickMap = lazy(() => import('./PickMap'))

export interface HomePlace {
  latitude_degrees: number
  longitude_degrees: number
}

/** What was typed so far. */
interface Draft {
  longitude?: number | undefined
  latitude?: number | undefined
}

interface Props {
  value: HomePlace | null
  onChange: (value: HomePlace | null) => void
}

/** Six decimals are a tenth of a metre. */
const DECIMALS = 6

export function PickPlace({ value, onChange }: Props) {
  const { t, language } = useWords()
  const sources = useSources()
  const [chosen, setChosen] = useState<string | null>(null)
  const source = sources.find((one) => one.id === chosen) ?? sources[0] ?? OFFLINE
  const [hasMap, setHasMap] = useState(canDraw)
  const looks = useLooks(source)
  const place = value === null ? null : ([value.longitude_degrees, value.latitude_degrees] as const)
  const [draft, setDraft] = useState<Draft>({})
  const typed: Draft =
    value === null
      ? draft
      : { longitude: value.longitude_degrees, latitude: value.latitude_degrees }
  const type = (next: Draft) => {
    setDraft(next)
    const { longitude, latitude } = next
    // Half a position is none.
    if (longitude !== undefined && latitude !== undefined) onChange(rounded(longitude, latitude))
    else if (value !== null) onChange(null)
  }
  const clear = () => {
    setDraft({})
    onChange(null)
  }
  return (
    <Stack gap="xs">
      {hasMap && looks !== null && (
        <div className="cf-pick">
          <Suspense fallback={null}>
            <PickMap
              looks={looks}
              value={place}
              label={t('overview.pick.map')}
              onPlace={(longitude, latitude) => onChange(rounded(longitude, latitude))}
              onBroken={() => setHasMap(false)}
            />
          </Suspense>
        </div>
      )}
      <Group gap="xs" align="end" wrap="nowrap">
        <Degrees
          label={t('overview.pick.longitude')}
          value={typed.longitude}
          most={180}
          onChange={(longitude) => type({ ...typed, longitude })}
        />
        <Degrees
          label={t('overview.pick.latitude')}
          value={typed.latitude}
          most={90}
          onChange={(latitude) => type({ ...typed, latitude })}
        />
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t('overview.pick.clear')}
          onClick={clear}
        >
          <IconX size={16} aria-hidden />
        </ActionIcon>
        {sources.length > 1 && hasMap && (
          <Select
            label={t('overview.map.base')}
            data={sources.map((one) => ({
              value: one.id,
              label: language === 'en' ? one.name_en : one.name_zh,
            }))}
            value={source.id}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {t('overview.pick.note')}
      </Text>
    </Stack>
  )
}

interface DegreesProps {
  label: string
  value: number | undefined
  most: number
  onChange: (value: number | undefined) => void
}

function Degrees({ label, value, most, onChange }: DegreesProps) {
  return (
    <NumberInput
      label={label}
      value={value ?? ''}
      min={-most}
      max={most}
      step={0.001}
      decimalScale={DECIMALS}
      hideControls
      onChange={(typed) => onChange(typeof typed === 'number' ? typed : undefined)}
    />
  )
}

function rounded(longitude: number, latitude: number): HomePlace {
  return {
    longitude_degrees: Number(longitude.toFixed(DECIMALS)),
    latitude_degrees: Number(latitude.toFixed(DECIMALS)),
  }
}

function useLooks(source: typeof OFFLINE): Looks | null {
  const { language } = useWords()
  const scheme = useComputedColorScheme('dark')
  const base = useBase(source)
  return useMemo(
    () =>
      base === null
        ? null
        : {
            scheme,
            language,
            source,
            base,
            shown: { assets: true, trails: false, coverage: false, places: true },
            metric: 'rsrp_dbm',
            ramp: 'traffic',
          },
    [scheme, language, source, base],
  )
}
