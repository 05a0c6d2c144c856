/** When assets may be worked on, and which are left out until somebody releases them. */
import { Anchor, Button, Select, Table } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { ErrorState, Loading, PageHeader } from '../app/parts'
import { useMay } from '../app/session'
import { useCourtNames } from '../assets/CourtInput'
import { Refusal } from '../assets/parts'
import screens from '../assets/screens.module.css'
import { useWords } from '../words'
import { Windows } from './Windows'

export function Upkeep() {
  const { t } = useWords()
  const courts = useCourtNames()
  const [court, setCourt] = useState('')
  return (
    <div className={screens.screen}>
      <PageHeader title={t('rollouts.upkeep')}>
        <Anchor component={Link} to="/rollouts" size="sm">
          {t('rollouts.back')}
        </Anchor>
      </PageHeader>
      <div className="cf-rollout">
        <section aria-label={t('rollouts.windows')}>
          <h2>{t('rollouts.windows')}</h2>
          <Select
            className="cf-windows-of"
            label={t('rollouts.windowsOf')}
            searchable
            allowDeselect={false}
            data={[{ value: '', label: t('rollouts.fleet') }, ...courts]}
            value={court}
            onChange={(value) => setCourt(value ?? '')}
          />
          <Windows key={court} court={court} />
        </section>
        <Quarantine />
      </div>
    </div>
  )
}

function Quarantine() {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  const questions = useQueryClient()
  const asked = $api.useQuery('get', '/api/v1/quarantine')
  const releasing = $api.useMutation('delete', '/api/v1/quarantine/{asset}', {
    onSuccess: () => void questions.invalidateQueries(),
  })
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  return (
    <section aria-label={t('rollouts.quarantine')}>
      <h2>{t('rollouts.quarantine')}</h2>
      <p className="cf-quiet">{t('rollouts.quarantineText')}</p>
      <Refusal error={releasing.error} />
      {asked.data.items.length === 0 ? (
        <p>{t('rollouts.quarantineEmpty')}</p>
      ) : (
        <Table aria-label={t('rollouts.quarantine')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('rollouts.asset')}</Table.Th>
              <Table.Th>{t('rollouts.court')}</Table.Th>
              <Table.Th>{t('rollouts.since')}</Table.Th>
              <Table.Th>{t('rollouts.why')}</Table.Th>
              {mayOperate && <Table.Th>{t('rollouts.release')}</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {asked.data.items.map((one) => (
              <Table.Tr key={one.asset}>
                <Table.Td>
                  <Anchor component={Link} to={`/assets/${one.asset}`} className="cf-mono" inherit>
                    {one.asset}
                  </Anchor>
                </Table.Td>
                <Table.Td>{one.court}</Table.Td>
                <Table.Td>{instant(one.since).slice(0, -3)}</Table.Td>
                <Table.Td>
                  <Anchor component={Link} to={`/rollouts?id=${one.rollout}`} inherit>
                    {t('rollouts.failedTimes', { n: one.failures, id: one.rollout })}
                  </Anchor>
                </Table.Td>
                {mayOperate && (
                  <Table.Td>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('rollouts.releaseOf', { asset: one.asset })}
                      onClick={() => releasing.mutate({ params: { path: { asset: one.asset } } })}
                    >
                      {t('rollouts.release')}
                    </Button>
                  </Table.Td>
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  )
}
