/** Adds an asset: one form; then its page shows the line to run and what becomes of it. */

import { Button, Group, Stack, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { $api, said } from '../api/client'
import { Form, PageHeader } from '../app/parts'
import { useWords } from '../words'
import { AssetFields, type Errors, HomeField } from './AssetFields'
import { BLANK, type Draft, fieldOf, isIdPossible, trimmed } from './draft'
import { IdField } from './IdField'
import { keepInvitation } from './invitation'
import { Refusal } from './parts'
import classes from './screens.module.css'

export function NewAsset() {
  const { t } = useWords()
  const navigate = useNavigate()
  const questions = useQueryClient()
  const [draft, setDraft] = useState<Draft>(BLANK)
  const [missing, setMissing] = useState<Errors>({})
  const adding = $api.useMutation('post', '/api/v1/assets', {
    onSuccess({ items }) {
      const [made] = items
      if (made === undefined) return
      keepInvitation(questions, made)
      void questions.invalidateQueries({ queryKey: ['assets'] })
      navigate(`/assets/${made.asset}?tab=enrolment`)
    },
  })
  const refused = fieldOf(adding.error)
  const errors: Errors = refused ? { [refused]: said(adding.error), ...missing } : missing

  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part })
    setMissing({})
    if (adding.error) adding.reset()
  }
  const submit = () => {
    const found: Errors = {
      ...(isIdPossible(draft.id) ? {} : { id: t('assets.form.idBad') }),
      ...(draft.court.trim() ? {} : { court: t('assets.form.courtMissing') }),
    }
    setMissing(found)
    if (Object.keys(found).length > 0) return
    adding.mutate({ body: { assets: [trimmed(draft)] } })
  }

  return (
    <div className={classes.screen}>
      <PageHeader title={t('assets.form.title')}>
        <Button size="xs" variant="default" onClick={() => navigate('/assets')}>
          {t('assets.back')}
        </Button>
      </PageHeader>
      <div className={classes.scroll}>
        <Form className={classes.form} onSubmit={submit} label={t('assets.form.title')}>
          <Stack gap="md">
            <AssetFields
              draft={draft}
              onChange={change}
              errors={errors}
              id={<IdField draft={draft} onChange={(id) => change({ id })} error={errors.id} />}
            />
          </Stack>
          <HomeField home={draft.home} onChange={(home) => change({ home })} error={errors.home} />
          <Stack gap="sm" className={classes.whole}>
            {refused === null && <Refusal error={adding.error} />}
            <Group gap="md">
              <Button type="submit" loading={adding.isPending}>
                {t('assets.form.submit')}
              </Button>
              <Text size="sm" c="dimmed" maw={460}>
                {t('assets.form.next')}
              </Text>
            </Group>
          </Stack>
        </Form>
      </div>
    </div>
  )
}
