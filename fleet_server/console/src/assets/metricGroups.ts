/** The catalogue's metrics by subject, for people who look for one. */

import type { Schemas } from '../api/client'

export type Metric = Schemas['MetricOut']

export const GROUPS = ['position', 'link', 'computer', 'device'] as const
export type Group = (typeof GROUPS)[number]

/** The subject of a metric. What an asset's computer says of itself is the rest. */
export function groupOf(metric: Metric): Group {
  if (metric.scope === 'device') return 'device'
  if (
    /^(latitude|longitude|altitude|speed|heading|position|satellites|fix|gnss)_/.test(metric.key)
  ) {
    return 'position'
  }
  return /^(cpu|load|memory|disk|processes|failed|battery|mains|agent)(_|$)/.test(metric.key)
    ? 'computer'
    : 'link'
}

/** Whether a metric can be drawn over time. */
export function isDrawable(metric: Metric): boolean {
  return metric.kind === 'number' || metric.kind === 'whole' || metric.kind === 'counter'
}
