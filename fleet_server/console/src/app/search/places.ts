import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session'

/** A place on the base map: WGS-84 degrees. */
export interface Place {
  readonly name: string
  readonly nameEn: string
  readonly longitude: number
  readonly latitude: number
}

/** The court's own places when it imported some, else those that came with the console. */
export function usePlaces(isWanted: boolean): readonly Place[] {
  const isImported = useSession().console.layers.includes('places')
  const asked = useQuery({
    queryKey: ['places', isImported],
    queryFn: ({ signal }) => fetchPlaces(isImported, signal),
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return asked.data ?? NO_PLACES
}

const NO_PLACES: readonly Place[] = []

async function fetchPlaces(isImported: boolean, signal: AbortSignal): Promise<readonly Place[]> {
  const url = isImported ? '/api/v1/basemap/places' : '/geo/places.geojson'
  const answer = await fetch(url, { signal })
  if (!answer.ok) return NO_PLACES // found by name or not at all: no reason to stop a search
  const found: GeoJSON.FeatureCollection = await answer.json()
  return found.features.flatMap(placeOf)
}

function placeOf({ geometry, properties }: GeoJSON.Feature): Place[] {
  if (geometry.type !== 'Point' || properties === null) return []
  const [longitude, latitude] = geometry.coordinates
  if (longitude === undefined || latitude === undefined) return []
  const name = String(properties.name_zh ?? properties.name ?? '')
  const nameEn = String(properties.name_en ?? '')
  return name === '' && nameEn === '' ? [] : [{ name: name || nameEn, nameEn, longitude, latitude }]
}
