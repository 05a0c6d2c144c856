/** Whom a layer is for, in words, and choosing it. */
import { Select } from '@mantine/core'
import { useAssets } from '../api/assets'
import { useCourtNames } from '../assets/CourtInput'
import { useWords } from '../words'
import { KINDS, parted } from './configuration'

export function useScopeName(): (scope: string) => string {
  const { t } = useWords()
  return (scope) => {
    const { of, name } = parted(scope)
    const kind = KINDS.find((one) => one === name)
    const said = of === 'kind' && kind !== undefined ? t(`kind.${kind}`) : name
    return t(`configuration.scopes.${of}`, { name: said })
  }
}

interface Props {
  readonly scope: string
  /** Scopes with a layer already, profiles among them. */
  readonly written: readonly string[]
  readonly onChange: (scope: string) => void
}

export function ScopeSelect({ scope, written, onChange }: Props) {
  const { t } = useWords()
  const nameOf = useScopeName()
  const courts = useCourtNames().map((court) => `court:${court}`)
  const assets = [...useAssets().assets.values()]
  const profiles = [...new Set([...written, scope])].filter((one) => parted(one).of === 'profile')
  const item = (value: string) => ({ value, label: nameOf(value) })
  const groups = [
    {
      group: t('configuration.groups.wide'),
      items: ['fleet', ...KINDS.map((kind) => `kind:${kind}`)].map(item),
    },
    { group: t('configuration.groups.profiles'), items: profiles.map(item) },
    { group: t('configuration.groups.courts'), items: courts.map(item) },
    {
      group: t('configuration.groups.assets'),
      items: assets.map((one) => ({ value: `asset:${one.id}`, label: `${one.id} ${one.name}` })),
    },
  ]
  return (
    <Select
      size="xs"
      w={260}
      searchable
      allowDeselect={false}
      aria-label={t('configuration.scope')}
      data={groups.filter(({ items }) => items.length > 0)}
      value={scope}
      maxDropdownHeight={360}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
    />
  )
}
