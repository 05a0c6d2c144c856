/** The catalogue of metrics, asked for once: names in two languages, units, kinds. */

import { $api, type Schemas } from '../api/client'

export type Metric = Schemas['MetricOut']

const NEVER_OLD = { staleTime: Number.POSITIVE_INFINITY }

/** By key; empty until the answer. */
export function useMetrics(): ReadonlyMap<string, Metric> {
  const asked = $api.useQuery('get', '/api/v1/metrics', {}, { ...NEVER_OLD, select: byKey })
  return asked.data ?? NONE
}

export function useMetric(key: string): Metric | undefined {
  return useMetrics().get(key)
}

const NONE: ReadonlyMap<string, Metric> = new Map()

function byKey(answer: Schemas['Metrics']): ReadonlyMap<string, Metric> {
  return new Map(answer.items.map((one) => [one.key, one]))
}
