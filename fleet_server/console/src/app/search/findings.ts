import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Asset, useAssets } from '../../api/assets'
import { useWords, type WordKey } from '../../words'
import { SCREENS } from '../routes'
import { type Findable, nearest, type Spell } from './matching'
import { usePlaces } from './places'

/** One line of the answer: what it is called, and where it leads. */
export interface Finding extends Findable {
  readonly key: string
  readonly title: string
  readonly note: string
  readonly to: string
}

export interface Group {
  readonly titleKey: WordKey
  readonly findings: readonly Finding[]
}

const MOST_IN_A_GROUP = 6
/** How close the map comes to a place that was searched for. */
const TOWN_ZOOM = 11

/** What fits `text`, by group; nothing is asked for before the search is opened. */
export function useFindings(
  text: string,
  isOpen: boolean,
): { groups: Group[]; isSpelling: boolean } {
  const { t } = useWords()
  const { assets } = useAssets()
  const places = usePlaces(isOpen)
  const { spell, isSpelling } = useSpell(isOpen)
  const found = useMemo(() => {
    const all = [...assets.values()]
    return {
      assets: all.map((asset) => ofAsset(asset, t(`kind.${asset.kind}`))),
      courts: [...new Set(all.map((asset) => asset.court))].map((court) => ofCourt(court, all)),
      places: places.map((place) => ({
        key: `place:${place.name}:${place.longitude}`,
        title: place.name,
        note: place.nameEn,
        words: [place.name, place.nameEn],
        to: `/?map=${place.longitude.toFixed(5)},${place.latitude.toFixed(5)},${TOWN_ZOOM}`,
      })),
      screens: SCREENS.map(({ path, titleKey }) => ({
        key: `screen:${path}`,
        title: t(titleKey),
        note: '',
        words: [t(titleKey)],
        to: path,
      })),
    }
  }, [assets, places, t])
  const groups = useMemo(
    () =>
      [
        group('app.searchAssets', found.assets, text, spell),
        group('app.searchCourts', found.courts, text, spell),
        group('app.searchPlaces', found.places, text, spell),
        group('app.searchScreens', found.screens, text, spell),
      ].filter(({ findings }) => findings.length > 0),
    [found, text, spell],
  )
  return { groups, isSpelling }
}

function group(titleKey: WordKey, all: Finding[], text: string, spell: Spell | null): Group {
  return { titleKey, findings: nearest(all, text, spell, MOST_IN_A_GROUP) }
}

function ofAsset(asset: Asset, kind: string): Finding {
  const title = asset.name === '' ? asset.id : `${asset.id} ${asset.name}`
  return {
    key: `asset:${asset.id}`,
    title,
    note: `${kind} · ${asset.court}`,
    words: [asset.id, asset.name, asset.plate, asset.court],
    to: `/assets/${asset.id}`,
  }
}

function ofCourt(court: string, assets: readonly Asset[]): Finding {
  const count = assets.filter((asset) => asset.court === court).length
  return {
    key: `court:${court}`,
    title: court,
    note: String(count),
    words: [court, court.replace(/^重庆市/, '')],
    to: `/assets?court=${encodeURIComponent(court)}`,
  }
}

function useSpell(isWanted: boolean): { spell: Spell | null; isSpelling: boolean } {
  const asked = useQuery({
    queryKey: ['pinyin'],
    queryFn: async () => (await import('./pinyin')).makeSpell(),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
  return { spell: asked.data ?? null, isSpelling: isWanted && asked.isPending }
}
