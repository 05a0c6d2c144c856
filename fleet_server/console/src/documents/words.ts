/** The closed lists of words that a document chooses from, with what people call them. */

import type { Schemas } from '../api/client'
import { useWords } from '../words'
import type { documents } from '../words/documents.zh-CN'

type Named = (typeof documents)['deviceKinds' | 'linkClasses' | 'ways' | 'speaks']

export type FieldWord = keyof (typeof documents)['fields']

export interface Option {
  readonly value: string
  readonly label: string
}

interface Options {
  readonly deviceKinds: readonly Option[]
  readonly linkClasses: readonly Option[]
  readonly ways: readonly Option[]
  readonly speaks: readonly Option[]
}

/** Of each list the words in the server's order. */
export function useOptions(): Options {
  const { t } = useWords()
  const listed = (words: Named): Option[] =>
    Object.entries(words).map(([value, label]) => ({ value, label }))
  return {
    // A kind that the server knows and the words do not is a mistake here.
    deviceKinds: listed(
      t('documents.deviceKinds', { returnObjects: true }) satisfies Record<
        Schemas['DeviceKind'],
        string
      >,
    ),
    linkClasses: listed(t('documents.linkClasses', { returnObjects: true })),
    ways: listed(t('documents.ways', { returnObjects: true })),
    speaks: listed(t('documents.speaks', { returnObjects: true })),
  }
}
