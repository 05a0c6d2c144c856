/** A card on the map that folds to its title. */

import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'

interface Props {
  readonly title: string
  readonly className: string
  /** Whether the map has room for it; a person's own choice goes before that. */
  readonly hasRoom: boolean
  /** Beside the title, folded or not. */
  readonly tools?: ReactNode
  readonly children: ReactNode
}

export function MapCard({ title, className, hasRoom, tools, children }: Props) {
  const content = useId()
  const [chosen, setChosen] = useState<boolean | null>(null)
  const isOpen = chosen ?? hasRoom
  const Chevron = isOpen ? IconChevronUp : IconChevronDown
  return (
    <section className={`cf-map-card ${className}`} data-open={isOpen} aria-label={title}>
      <div className="cf-map-card-head">
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={content}
          onClick={() => setChosen(!isOpen)}
        >
          {title}
          <Chevron size={14} aria-hidden />
        </button>
        {tools}
      </div>
      <div id={content} className="cf-map-card-body" hidden={!isOpen}>
        {children}
      </div>
    </section>
  )
}
