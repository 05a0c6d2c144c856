/** What narrows the asset table: search, kind, court, tag, state, retired. */

import { Button, Group, MultiSelect, Select } from '@mantine/core'
import { IconFilterOff } from '@tabler/icons-react'
import { STATES } from '../app/state'
import { ServiceSelect } from '../readiness/ServiceSelect'
import { TONES } from '../readiness/services'
import { useWords } from '../words'
import { SearchBox } from './SearchBox'
import { ALL, isSame, KINDS, RETIRED, type View } from './view'

interface Props {
  readonly view: View
  readonly onChange: (change: Partial<View>) => void
  readonly courts: readonly string[]
  readonly tags: readonly string[]
}

export function Filters({ view, onChange, courts, tags }: Props) {
  const { t } = useWords()
  const isFiltered = !isSame({ ...view, sort: ALL.sort, descending: false }, ALL)
  return (
    <Group gap="xs" role="search" className="cf-no-print">
      <SearchBox
        label={t('assets.search')}
        text={view.text}
        onChange={(text) => onChange({ text })}
      />
      <MultiSelect
        {...NARROW}
        w={150}
        aria-label={t('assets.filters.kind')}
        placeholder={view.kinds.length > 0 ? '' : t('assets.filters.kind')}
        data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        value={[...view.kinds]}
        onChange={(chosen) => onChange({ kinds: KINDS.filter((kind) => chosen.includes(kind)) })}
      />
      <MultiSelect
        {...NARROW}
        w={180}
        searchable
        aria-label={t('assets.filters.court')}
        placeholder={view.courts.length > 0 ? '' : t('assets.filters.court')}
        data={[...new Set([...courts, ...view.courts])]}
        value={[...view.courts]}
        onChange={(chosen) => onChange({ courts: chosen })}
      />
      {tags.length + view.tags.length > 0 && (
        <MultiSelect
          {...NARROW}
          w={150}
          searchable
          aria-label={t('assets.filters.tag')}
          placeholder={view.tags.length > 0 ? '' : t('assets.filters.tag')}
          data={[...new Set([...tags, ...view.tags])]}
          value={[...view.tags]}
          onChange={(chosen) => onChange({ tags: chosen })}
        />
      )}
      <MultiSelect
        {...NARROW}
        w={150}
        aria-label={t('assets.filters.state')}
        placeholder={view.states.length > 0 ? '' : t('assets.filters.state')}
        data={STATES.map((state) => ({ value: state, label: t(`state.${state}`) }))}
        value={[...view.states]}
        onChange={(chosen) =>
          onChange({ states: STATES.filter((state) => chosen.includes(state)) })
        }
      />
      <ServiceSelect
        w={150}
        service={view.service}
        onService={(service) =>
          onChange({ service, verdicts: [], ...(service && { sort: 'ready', descending: false }) })
        }
      />
      {view.service !== '' && (
        <MultiSelect
          {...NARROW}
          w={130}
          aria-label={t('readiness.verdicts')}
          placeholder={view.verdicts.length > 0 ? '' : t('readiness.verdict')}
          data={TONES.map((tone) => ({ value: tone, label: t(`readiness.letters.${tone}`) }))}
          value={[...view.verdicts]}
          onChange={(chosen) =>
            onChange({ verdicts: TONES.filter((tone) => chosen.includes(tone)) })
          }
        />
      )}
      <Select
        size="xs"
        w={120}
        allowDeselect={false}
        aria-label={t('assets.retired.label')}
        data={RETIRED.map((word) => ({ value: word, label: t(`assets.retired.${word}`) }))}
        value={view.retired}
        onChange={(word) => onChange({ retired: RETIRED.find((one) => one === word) ?? 'exclude' })}
      />
      {isFiltered && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconFilterOff size={14} aria-hidden />}
          onClick={() => onChange({ ...ALL, sort: view.sort, descending: view.descending })}
        >
          {t('assets.clear')}
        </Button>
      )}
    </Group>
  )
}

const NARROW = { size: 'xs', clearable: true, hidePickedOptions: true } as const
