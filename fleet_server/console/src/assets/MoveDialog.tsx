/** Moves assets to another court, one after the other; each has a result of its own. */

import { Button, Group, ScrollArea, Stack, Table, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { api, said } from '../api/client'
import { Dialogue, Form } from '../app/parts'
import { useWords } from '../words'
import { CourtInput } from './CourtInput'

interface Props {
  readonly assets: readonly Asset[]
  readonly onClose: () => void
}

type Result = { readonly is: 'waiting' | 'done' | 'same' | 'failed'; readonly detail?: string }
const WAITING: Result = { is: 'waiting' }

export function MoveDialog({ assets, onClose }: Props) {
  const { t } = useWords()
  const questions = useQueryClient()
  const [court, setCourt] = useState('')
  const [why, setWhy] = useState('')
  const [isMissing, setMissing] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [results, setResults] = useState<ReadonlyMap<string, Result> | null>(null)
  const unfinished = assets.filter(({ id }) => {
    const is = results?.get(id)?.is
    return is !== 'done' && is !== 'same'
  })

  const submit = async () => {
    if (court.trim() === '') {
      setMissing(true)
      return
    }
    setBusy(true)
    for (const asset of unfinished) {
      const result = await move(asset, court.trim(), why.trim())
      setResults((before) => new Map(before).set(asset.id, result))
    }
    setBusy(false)
    void questions.invalidateQueries()
  }

  return (
    <Dialogue onClose={onClose} title={t('assets.move.title')} size="lg">
      <Form onSubmit={() => void submit()}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t('assets.move.explains')}
          </Text>
          <CourtInput
            label={t('assets.move.court')}
            value={court}
            onChange={setCourt}
            error={isMissing && court.trim() === '' && t('assets.form.courtMissing')}
            data-autofocus
            required
          />
          <TextInput
            label={t('assets.why')}
            description={t('assets.whyHint')}
            value={why}
            maxLength={200}
            onChange={(event) => setWhy(event.currentTarget.value)}
          />
          <ScrollArea.Autosize mah={260} tabIndex={0}>
            <Results assets={assets} results={results} isBusy={isBusy} />
          </ScrollArea.Autosize>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {results === null ? t('app.cancel') : t('app.close')}
            </Button>
            <Button type="submit" loading={isBusy} disabled={unfinished.length === 0}>
              {t('assets.move.start', { n: unfinished.length })}
            </Button>
          </Group>
        </Stack>
      </Form>
    </Dialogue>
  )
}

async function move(asset: Asset, court: string, why: string): Promise<Result> {
  if (asset.court === court) return { is: 'same' }
  const params = { path: { asset: asset.id } }
  try {
    const { error } = await api.POST('/api/v1/assets/{asset}/move', {
      params,
      body: { court, why },
    })
    return error === undefined ? { is: 'done' } : { is: 'failed', detail: said(error) }
  } catch (error) {
    return { is: 'failed', detail: said(error) }
  }
}

interface ResultsProps {
  readonly assets: readonly Asset[]
  readonly results: ReadonlyMap<string, Result> | null
  readonly isBusy: boolean
}

function Results({ assets, results, isBusy }: ResultsProps) {
  const { t } = useWords()
  const show = isBusy || results !== null
  return (
    <Table fz="sm" withRowBorders>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('assets.columns.id')}</Table.Th>
          <Table.Th>{t('assets.columns.court')}</Table.Th>
          {show && <Table.Th>{t('assets.move.result')}</Table.Th>}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {assets.map((asset) => {
          const result = results?.get(asset.id) ?? WAITING
          return (
            <Table.Tr key={asset.id} data-result={show ? result.is : undefined}>
              <Table.Td ff="monospace">{asset.id}</Table.Td>
              <Table.Td>{asset.court}</Table.Td>
              {show && (
                <Table.Td c={result.is === 'failed' ? 'var(--cf-fault-text)' : undefined}>
                  {t(`assets.move.${result.is}`)}
                  {result.detail && `: ${result.detail}`}
                </Table.Td>
              )}
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
