/** What services need and what assets carry: for whom a document is chosen, and its editor. */

import { Group, SegmentedControl, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useAssets } from '../api/assets'
import { ErrorState, Loading, PageHeader } from '../app/parts'
import { useCourtNames } from '../assets/CourtInput'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { useWords } from '../words'
import './documents.css'
import { Editor } from './Editor'
import { KINDS, load, NAMES, type Name, readScope, type Scope, written } from './scope'

export default function Documents() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const name: Name = NAMES.find((one) => one === params.get('document')) ?? 'catalogue'
  const scope = readScope(params.get('scope') ?? firstScope(name))
  const asked = useQuery({
    queryKey: ['documents', name, written(scope)],
    queryFn: () => load(name, scope),
    gcTime: 0,
  })
  return (
    <div className={screens.screen}>
      <PageHeader title={t('screens.documents')} />
      <Group className={screens.toolbar} gap="xs" role="search">
        <SegmentedControl
          size="xs"
          aria-label={t('documents.document')}
          data={NAMES.map((word) => ({ value: word, label: t(`documents.names.${word}`) }))}
          value={name}
          onChange={(word) =>
            alter((now) => {
              put(now, 'document', word === 'catalogue' ? null : word)
              now.delete('scope')
            })
          }
        />
        <ScopeSelect
          scope={scope}
          onChange={(chosen) => alter((now) => put(now, 'scope', chosen))}
        />
      </Group>
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : (
        <Editor key={`${name} ${written(scope)}`} name={name} scope={scope} document={asked.data} />
      )}
    </div>
  )
}

/** The bundled profiles are made for kinds, the catalogue for everybody. */
function firstScope(name: Name): string {
  return name === 'profile' ? 'kind:vehicle' : 'fleet'
}

interface Props {
  readonly scope: Scope
  readonly onChange: (scope: string | null) => void
}

function ScopeSelect({ scope, onChange }: Props) {
  const { t } = useWords()
  const courts = useCourtNames()
  const assets = [...useAssets().assets.values()]
  const groups = [
    {
      group: t('documents.groups.wide'),
      items: [
        { value: 'fleet', label: t('documents.scopes.fleet') },
        ...KINDS.map((kind) => ({
          value: `kind:${kind}`,
          label: t('documents.scopes.kind', { kind: t(`kind.${kind}`) }),
        })),
      ],
    },
    {
      group: t('documents.groups.courts'),
      items: courts.map((court) => ({ value: `court:${court}`, label: court })),
    },
    {
      group: t('documents.groups.assets'),
      items: assets.map((one) => ({ value: `asset:${one.id}`, label: `${one.id} ${one.name}` })),
    },
  ]
  return (
    <Select
      size="xs"
      w={280}
      searchable
      allowDeselect={false}
      aria-label={t('documents.scope')}
      data={groups}
      value={written(scope)}
      maxDropdownHeight={360}
      onChange={onChange}
    />
  )
}
