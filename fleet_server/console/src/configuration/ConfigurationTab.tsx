/** An asset's configuration: what is desired and who says so, what it reports, and what differs. */
import { Anchor, Button, Group, Table, Text } from '@mantine/core'
import { IconChecklist, IconSettingsCheck } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'
import type { Asset } from '../api/assets'
import { $api } from '../api/client'
import { instant } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useMay } from '../app/session'
import { Fact, Facts, Refusal } from '../assets/parts'
import classes from '../assets/screens.module.css'
import { StateMark } from '../orders/state'
import { Mark } from '../readiness/Mark'
import { useWords } from '../words'
import './configuration.css'
import { ASK_MILLISECONDS, type AssetConfiguration, STATE_TONES, shown } from './configuration'
import { LastCheck } from './LastCheck'
import { Differing } from './Standings'
import { useScopeName } from './scopes'

export function ConfigurationTab({ asset }: { asset: Asset }) {
  const { t, language } = useWords()
  const mayOperate = useMay('operator') && !asset.retired_at
  const asked = $api.useQuery(
    'get',
    '/api/v1/assets/{asset}/configuration',
    { params: { path: { asset: asset.id } }, headers: { 'accept-language': language } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const found = asked.data
  if (found.state === 'nothing' && found.attempts.length === 0) {
    return (
      <EmptyState
        icon={<IconSettingsCheck size={28} stroke={1.5} aria-hidden />}
        title={t('configuration.nothing')}
        note={t('configuration.nothingNote')}
      >
        <LayerLink scope={`asset:${asset.id}`} word={t('configuration.openLayer')} />
      </EmptyState>
    )
  }
  return (
    <div className="cf-asset-configuration">
      {mayOperate && found.desired !== '' && <Doing asset={asset.id} />}
      <div className={classes.grid}>
        <Standing found={found} />
      </div>
      <Values found={found} />
      {mayOperate && <LastCheck asset={asset.id} />}
      <Attempts found={found} />
    </div>
  )
}

function LayerLink({ scope, word }: { scope: string; word: string }) {
  return (
    <Anchor component={Link} to={`/configuration?scope=${encodeURIComponent(scope)}`} inherit>
      {word}
    </Anchor>
  )
}

function Doing({ asset }: { asset: string }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const placing = $api.useMutation('post', '/api/v1/assets/{asset}/configuration/apply', {
    onSettled: () => void questions.invalidateQueries(),
  })
  const place = (isCheck: boolean) =>
    placing.mutate({ params: { path: { asset } }, body: { is_check: isCheck, why: '' } })
  return (
    <Group px="lg" pt="lg" justify="flex-end" gap="xs">
      <Refusal error={placing.error} />
      <Button
        size="xs"
        variant="default"
        disabled={placing.isPending}
        leftSection={<IconChecklist size={14} aria-hidden />}
        onClick={() => place(true)}
      >
        {t('configuration.check')}
      </Button>
      <Button
        size="xs"
        disabled={placing.isPending}
        leftSection={<IconSettingsCheck size={14} aria-hidden />}
        onClick={() => place(false)}
      >
        {t('configuration.apply')}
      </Button>
    </Group>
  )
}

function Standing({ found }: { found: AssetConfiguration }) {
  const { t } = useWords()
  const report = found.report
  return (
    <>
      <Facts title={t('configuration.state')}>
        <Fact label={t('configuration.state')}>
          <Mark letter={STATE_TONES[found.state]} word={found.sentence} />
        </Fact>
        {found.held && <Fact label={t('configuration.hold')}>{found.held}</Fact>}
        <Fact label={t('configuration.policy')}>
          {t(`configuration.policies.${found.converge}`)}
        </Fact>
      </Facts>
      <Facts title={t('configuration.reported')}>
        <Fact label={t('configuration.desired')}>
          <span className="cf-mono">{found.desired || '–'}</span>
        </Fact>
        <Fact label={t('configuration.reported')}>
          <span className="cf-mono">{found.reported || t('configuration.neverReported')}</span>
        </Fact>
        {report?.applied_at && (
          <Fact label={t('configuration.appliedAt')}>{instant(report.applied_at)}</Fact>
        )}
      </Facts>
      <Facts title={t('configuration.differs')}>
        <Fact label={t('configuration.difference')}>
          {found.differs.length === 0 && found.waiting.length === 0 ? (
            t('configuration.sameFiles')
          ) : (
            <Differing one={found} />
          )}
        </Fact>
      </Facts>
    </>
  )
}

function Values({ found }: { found: AssetConfiguration }) {
  const { t } = useWords()
  const nameOf = useScopeName()
  return (
    <section className={classes.wide} aria-label={t('configuration.values')}>
      <h2 className={classes.heading}>{t('configuration.values')}</h2>
      <Table verticalSpacing={6} aria-label={t('configuration.values')}>
        <Table.Thead>
          <Table.Tr>
            {(['path', 'value', 'origin', 'hidden'] as const).map((column) => (
              <Table.Th key={column}>{t(`configuration.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.entries.map((one) => (
            <Table.Tr key={one.path} data-path={one.path}>
              <Table.Td className="cf-mono">{one.path}</Table.Td>
              <Table.Td className="cf-mono">
                {one.value === null ? (
                  <span className="cf-quiet">{t('configuration.removed')}</span>
                ) : (
                  shown(one.value)
                )}
              </Table.Td>
              <Table.Td>
                <LayerLink scope={one.scope} word={nameOf(one.scope)} />
              </Table.Td>
              <Table.Td>
                {one.hidden.map((each) => (
                  <div key={each.scope} className="cf-quiet">
                    {shown(each.value)} ({nameOf(each.scope)})
                  </div>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}

function Attempts({ found }: { found: AssetConfiguration }) {
  const { t } = useWords()
  if (found.attempts.length === 0) return null
  return (
    <section className={classes.wide} aria-label={t('configuration.attempts')}>
      <h2 className={classes.heading}>{t('configuration.attempts')}</h2>
      <Table verticalSpacing={6} aria-label={t('configuration.attempts')}>
        <Table.Thead>
          <Table.Tr>
            {(['what', 'state', 'result', 'when'] as const).map((column) => (
              <Table.Th key={column}>{t(`configuration.${column}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {found.attempts.map((one) => (
            <Table.Tr key={one.order} data-order={one.order}>
              <Table.Td>{t(`configuration.${one.is_check ? 'checked' : 'applied'}`)}</Table.Td>
              <Table.Td>
                <StateMark state={one.state} sentence={one.sentence} />
              </Table.Td>
              <Table.Td>
                {one.changed !== null &&
                  t(`configuration.${one.is_check ? 'wouldChange' : 'changed'}`, {
                    n: one.changed,
                  })}
                {one.failed_task && (
                  <Text size="sm" c="var(--cf-fault-text)">
                    {one.failed_task}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{instant(one.changed_at).slice(0, -3)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
