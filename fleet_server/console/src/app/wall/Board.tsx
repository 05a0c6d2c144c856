import { type CSSProperties, useMemo } from 'react'
import { type Asset, useAssets } from '../../api/assets'
import { type Glance, useGlances } from '../../api/live'
import { useWords } from '../../words'
import { PageHeader, StatusDot } from '../parts'
import { rankOf, STATES, type State, stateOf } from '../state'

interface CourtRow {
  readonly court: string
  readonly counts: Readonly<Record<State, number>>
  readonly worst: number
}

/** The fleet by court, worst first, to be read from across the room. */
export function Board() {
  const { t } = useWords()
  const { assets } = useAssets()
  const glances = useGlances()
  const rows = useMemo(() => countByCourt(assets.values(), glances), [assets, glances])
  return (
    <>
      <PageHeader title={t('wall.board')} />
      <table className="cf-wall-board" style={{ '--rows': rows.length + 1 } as CSSProperties}>
        <thead>
          <tr>
            <th scope="col">{t('app.searchCourts')}</th>
            {STATES.map((state) => (
              <th key={state} scope="col">
                <StatusDot state={state} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ court, counts }) => (
            <tr key={court}>
              <th scope="row">{court}</th>
              {STATES.map((state) => (
                <td key={state} data-state={state} data-none={counts[state] === 0}>
                  {counts[state]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

function countByCourt(
  assets: Iterable<Asset>,
  glances: ReadonlyMap<string, Glance>,
): readonly CourtRow[] {
  const found = new Map<string, Record<State, number>>()
  for (const asset of assets) {
    const counts = found.get(asset.court) ?? { fault: 0, offline: 0, stale: 0, never: 0, online: 0 }
    counts[stateOf(glances.get(asset.id))] += 1
    found.set(asset.court, counts)
  }
  const rows = [...found].map(([court, counts]) => ({ court, counts, worst: worstOf(counts) }))
  return rows.sort((one, other) => one.worst - other.worst || one.court.localeCompare(other.court))
}

function worstOf(counts: Record<State, number>): number {
  const worst = STATES.find((state) => counts[state] > 0)
  return worst === undefined ? STATES.length : rankOf(worst)
}
