/** The fields that adding and editing an asset share. */

import { Select, SimpleGrid, Skeleton, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { lazy, type ReactNode, Suspense } from 'react'
import { useAssets } from '../api/assets'
import { useWords } from '../words'
import { CourtInput } from './CourtInput'
import type { Draft, Field } from './draft'
import { tagsOf } from './rows'
import classes from './screens.module.css'
import { KINDS } from './view'

const PickPlace = lazy(() =>
  import('../map/PickPlace').then((module) => ({ default: module.PickPlace })),
)

const MOST_TAGS = 16

export type Errors = Partial<Record<Field, ReactNode>>

interface Props {
  readonly draft: Draft
  readonly onChange: (change: Partial<Draft>) => void
  readonly errors: Errors
  /** The id's own field, on the form that has one; kind and court come with it. */
  readonly id?: ReactNode
}

export function AssetFields({ draft, onChange, errors, id }: Props) {
  const { t } = useWords()
  return (
    <>
      {id !== undefined && (
        <Select
          label={t('assets.columns.kind')}
          allowDeselect={false}
          data={KINDS.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
          value={draft.kind}
          error={errors.kind}
          onChange={(chosen) => onChange({ kind: KINDS.find((kind) => kind === chosen) })}
        />
      )}
      {id}
      {id !== undefined && (
        <CourtInput
          label={t('assets.form.court')}
          required
          value={draft.court}
          error={errors.court}
          onChange={(court) => onChange({ court })}
        />
      )}
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          label={t('assets.form.name')}
          description={t('assets.form.nameHint')}
          maxLength={80}
          value={draft.name}
          error={errors.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('assets.form.plate')}
          description={t('assets.form.plateHint')}
          maxLength={20}
          value={draft.plate}
          error={errors.plate}
          onChange={(event) => onChange({ plate: event.currentTarget.value })}
        />
      </SimpleGrid>
      <TagsInput
        label={t('assets.columns.tags')}
        description={t('assets.form.tagsHint')}
        data={tagsOf(useAssets().assets.values())}
        maxTags={MOST_TAGS}
        splitChars={[',', ' ', '，', '、']}
        acceptValueOnBlur
        clearable
        clearButtonProps={{ 'aria-label': t('assets.form.tagsClear') }}
        value={[...draft.tags]}
        error={errors.tags}
        onChange={(tags) => onChange({ tags: tags.map((tag) => tag.toLowerCase()) })}
      />
      <Textarea
        label={t('assets.form.note')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={500}
        value={draft.note}
        error={errors.note}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
    </>
  )
}

interface HomeProps {
  readonly home: Draft['home']
  readonly onChange: (home: Draft['home']) => void
  readonly error: ReactNode
}

/** The map is large: it comes when the form stands already. */
export function HomeField({ home, onChange, error }: HomeProps) {
  const { t } = useWords()
  return (
    <fieldset className={classes.fieldset}>
      <legend>{t('assets.form.home')}</legend>
      <Suspense fallback={<Skeleton height={240} />}>
        <PickPlace value={home} onChange={onChange} />
      </Suspense>
      {error && (
        <Text role="alert" size="sm" c="var(--cf-fault-text)">
          {error}
        </Text>
      )}
    </fieldset>
  )
}
