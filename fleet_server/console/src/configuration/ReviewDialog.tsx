/** Before a layer is saved: on which assets something else would be desired, and what; a comment. */
import { Button, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, type Schemas } from '../api/client'
import { Dialogue, Form, Loading } from '../app/parts'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { type Effect, type Layer, shown } from './configuration'

/** The layer as a text, or an older version of it. */
export type Wish = { readonly text: string } | { readonly restores: number }

interface Props {
  readonly layer: Layer
  readonly wish: Wish
  readonly onSaved: () => void
  readonly onClose: () => void
}

const MOST_CHANGES = 4

export function ReviewDialog({ layer, wish, onSaved, onClose }: Props) {
  const { t, language } = useWords()
  const questions = useQueryClient()
  const [comment, setComment] = useState('')
  const send = (more: Pick<Schemas['LayerIn'], 'comment' | 'dry_run'>) =>
    written(layer, { ...wish, ...more })
  const looked = useQuery({
    queryKey: ['configuration', 'look', layer.scope, wish, language],
    queryFn: () => send({ comment: '', dry_run: true }),
    gcTime: 0,
    retry: false,
  })
  const saving = useMutation({
    mutationFn: () => send({ comment: comment.trim(), dry_run: false }),
    onSuccess() {
      void questions.invalidateQueries()
      onSaved()
    },
  })
  const title =
    'restores' in wish
      ? t('configuration.restoreTitle', { version: wish.restores })
      : t('configuration.reviewTitle')
  return (
    <Dialogue title={title} size="xl" onClose={onClose}>
      <Form onSubmit={() => looked.data && saving.mutate()}>
        <Stack gap="sm">
          <Refusal error={looked.error ?? saving.error} />
          {looked.data !== undefined && (
            <Effects effects={looked.data.assets} count={looked.data.count} />
          )}
          {looked.isPending && <Loading />}
          {looked.data !== undefined && (
            <>
              <TextInput
                label={t('configuration.comment')}
                description={t('configuration.commentHint')}
                maxLength={200}
                value={comment}
                onChange={(event) => setComment(event.currentTarget.value)}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {t('app.cancel')}
                </Button>
                <Button type="submit" loading={saving.isPending}>
                  {t('configuration.save')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </Form>
    </Dialogue>
  )
}

function Effects({ effects, count }: { effects: readonly Effect[]; count: number }) {
  const { t } = useWords()
  if (count === 0) return <Text size="sm">{t('configuration.noEffect')}</Text>
  return (
    <section aria-label={t('configuration.effect', { count })}>
      <Text size="sm" fw={600}>
        {t('configuration.effect', { count })}
      </Text>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <div className="cf-effects" tabIndex={0}>
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {effects.map((one) => (
              <Table.Tr key={one.asset}>
                <Table.Td className="cf-mono">{one.asset}</Table.Td>
                <Table.Td>{one.court}</Table.Td>
                <Table.Td>
                  {one.changes.slice(0, MOST_CHANGES).map((each) => (
                    <div key={each.path}>
                      <span className="cf-mono">{each.path}</span> {shown(each.before)} →{' '}
                      {shown(each.after)}
                    </div>
                  ))}
                  {one.changes.length > MOST_CHANGES && `+${one.changes.length - MOST_CHANGES}`}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {count > effects.length && (
        <Text size="sm" c="var(--cf-quiet)">
          {t('configuration.others', { count: count - effects.length })}
        </Text>
      )}
    </section>
  )
}

async function written(
  layer: Layer,
  wish: Partial<Schemas['LayerIn']>,
): Promise<Schemas['LayerChange']> {
  const body = { puts: {}, drops: [], version: layer.version, comment: '', dry_run: true, ...wish }
  const params = { query: { scope: layer.scope } }
  const { data, error } = await api.PUT('/api/v1/configuration/layer', { params, body })
  if (data === undefined) throw error
  return data
}
