/** What the profiles of the four kinds name: what a service may ask for. */

import { useQueries } from '@tanstack/react-query'
import { useWords } from '../words'
import { tablesOf, textOf } from './draft'
import { KINDS, load } from './scope'
import type { Option } from './words'

export interface Known {
  readonly platforms: readonly Option[]
  readonly items: readonly Option[]
}

export function useKnown(isWanted: boolean): Known {
  const { language } = useWords()
  const asked = useQueries({
    queries: KINDS.map((kind) => ({
      queryKey: ['documents', 'profile', `kind:${kind}`],
      queryFn: () => load('profile', { of: 'kind', kind }),
      enabled: isWanted,
      staleTime: 60_000,
    })),
  })
  const contents = asked.flatMap(({ data }) => (data === undefined ? [] : [Object(data.content)]))
  const named = (field: string): Option[] => {
    const found = new Map<string, string>()
    for (const content of contents) {
      for (const one of tablesOf(content, field)) {
        found.set(textOf(one, 'name'), textOf(one, language === 'en' ? 'en' : 'zh'))
      }
    }
    return [...found].map(([value, label]) => ({ value, label: label || value }))
  }
  return { platforms: named('platforms'), items: named('manual') }
}
