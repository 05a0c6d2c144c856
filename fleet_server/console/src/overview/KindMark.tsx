/** The shape that an asset of this kind has on the map. */

import type { Kind } from '../map/marks'

export function KindMark({ kind }: { kind: Kind }) {
  return (
    <svg className="cf-kind" viewBox="0 0 14 14" aria-hidden="true">
      {SHAPES[kind]}
    </svg>
  )
}

const SHAPES: Readonly<Record<Kind, React.ReactNode>> = {
  vehicle: <circle cx="7" cy="7" r="5" />,
  backpack: <rect x="2.2" y="2.2" width="9.6" height="9.6" rx="1.6" />,
  clinic: <path d="M7 .8 13.2 7 7 13.2.8 7z" />,
  station: <path d="M7 1.4 13.2 12H.8z" />,
}
