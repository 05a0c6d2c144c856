/** Changes what is said of an asset. Its id, kind and court are not among it. */

import { Button, Group, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { $api, said } from '../api/client'
import { Dialogue, Form } from '../app/parts'
import { useWords } from '../words'
import { AssetFields, type Errors, HomeField } from './AssetFields'
import { draftOf, fieldOf, trimmed } from './draft'
import { Refusal } from './parts'

export function EditDialog({ asset, onClose }: { asset: Asset; onClose: () => void }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [draft, setDraft] = useState(() => draftOf(asset))
  const changing = $api.useMutation('patch', '/api/v1/assets/{asset}', {
    onSuccess() {
      void questions.invalidateQueries()
      onClose()
    },
  })
  const refused = fieldOf(changing.error)
  const errors: Errors = refused ? { [refused]: said(changing.error) } : {}
  const submit = () => {
    const { name, plate, note, home, tags } = trimmed(draft)
    const body = { name, plate, note, home, tags }
    changing.mutate({ params: { path: { asset: asset.id } }, body })
  }
  return (
    <Dialogue onClose={onClose} title={t('assets.form.editTitle', { asset: asset.id })} size="lg">
      <Form onSubmit={submit}>
        <Stack gap="md">
          <AssetFields
            draft={draft}
            errors={errors}
            onChange={(change) => setDraft({ ...draft, ...change })}
          />
          <HomeField
            home={draft.home}
            error={errors.home}
            onChange={(home) => setDraft({ ...draft, home })}
          />
          {refused === null && <Refusal error={changing.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={changing.isPending}>
              {t('app.save')}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}
