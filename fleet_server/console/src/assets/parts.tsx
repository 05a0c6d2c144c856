/** Small pieces that several of these screens show. */

import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { said } from '../api/client'
import classes from './screens.module.css'

/** What the server said against the last try; nothing when it said nothing. */
export function Refusal({ error }: { error: unknown }) {
  if (!error) return null
  return (
    <Text role="alert" size="sm" c="var(--cf-fault-text)">
      {said(error)}
    </Text>
  )
}

interface FactsProps {
  readonly title: string
  /** What holds for all of them, such as their age. */
  readonly note?: string
  readonly children: ReactNode
}

/** A named group of facts. */
export function Facts({ title, note, children }: FactsProps) {
  return (
    <section className={classes.facts}>
      <h2>
        {title}
        {note && <small>{note}</small>}
      </h2>
      <dl>{children}</dl>
    </section>
  )
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
