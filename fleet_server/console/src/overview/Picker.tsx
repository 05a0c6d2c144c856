/** Several assets under the pointer: which one is meant. */

import { CloseButton } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { PlateTag, StatusDot } from '../app/parts'
import type { Picked } from '../map/livingMap'
import { useWords } from '../words'
import type { Row } from './fleet'
import { KindMark } from './KindMark'

interface Props {
  picked: Picked
  rows: readonly Row[]
  onSelect: (asset: string) => void
  onZoom: () => void
  onClose: () => void
}

export function Picker({ picked, rows, onSelect, onZoom, onClose }: Props) {
  const { t } = useWords()
  const box = useRef<HTMLDivElement>(null)
  // Worst first, because the rows are.
  const found = rows.filter((row) => picked.ids.includes(row.id))
  useEffect(() => {
    const before = document.activeElement
    box.current?.querySelector<HTMLButtonElement>('li button')?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <div
      ref={box}
      className="cf-map-card cf-picker"
      role="dialog"
      aria-label={t('overview.map.here', { n: found.length })}
      style={{ left: `clamp(8px, ${picked.x + 12}px, calc(100% - 288px))`, ...vertical(picked.y) }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault() // the drawer below stays open
        onClose()
      }}
    >
      <div className="cf-map-card-head">
        <b>{t('overview.map.here', { n: found.length })}</b>
        <CloseButton size="sm" aria-label={t('app.close')} onClick={onClose} />
      </div>
      <ul>
        {found.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => onSelect(row.id)}>
              <KindMark kind={row.asset.kind} />
              <b className="cf-mono">{row.id}</b>
              <PlateTag plate={row.asset.plate} />
              <StatusDot state={row.state} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="cf-link" onClick={onZoom}>
        {t('overview.map.zoomIn')}
      </button>
    </div>
  )
}

/** Below the pointer in the upper part of the map, else above it. */
function vertical(y: number): { top: string } {
  return { top: `clamp(8px, ${y - 20}px, calc(100% - 300px))` }
}
