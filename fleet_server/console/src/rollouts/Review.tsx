/** The last look: who gets it when, and a dry run that says what would change. */
import { Anchor, Button, Group, Text } from '@mantine/core'
import { IconEye } from '@tabler/icons-react'
import { Link } from 'react-router'
import { $api } from '../api/client'
import { Refusal } from '../assets/parts'
import { asText } from '../playbooks/variables'
import { useWords } from '../words'
import { type Draft, planOf } from './draft'
import { Fitting } from './Fitting'
import { ASK_MILLISECONDS } from './rollouts'

export function Review({ draft }: { draft: Draft }) {
  const { t } = useWords()
  const looking = $api.useMutation('post', '/api/v1/rollouts')
  const look = () =>
    looking.mutate({
      body: {
        playbook: draft.playbook.trim(),
        variables: draft.variables,
        plan: planOf(draft, true),
        why: draft.why.trim(),
      },
    })
  return (
    <>
      <Text size="sm">
        <strong>{draft.playbook}</strong> <span className="cf-mono">{asText(draft.variables)}</span>
      </Text>
      <Fitting draft={draft} hasWaves />
      <Group gap="xs">
        <Button
          size="xs"
          variant="default"
          loading={looking.isPending}
          leftSection={<IconEye size={14} aria-hidden />}
          onClick={look}
        >
          {t('rollouts.looks')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('rollouts.looksText')}
        </Text>
      </Group>
      <Refusal error={looking.error} />
      {looking.data !== undefined && <Looked id={looking.data.id} />}
    </>
  )
}

/** What a dry run has found so far. */
function Looked({ id }: { id: number }) {
  const { t } = useWords()
  const asked = $api.useQuery(
    'get',
    '/api/v1/rollouts/{rollout}',
    { params: { path: { rollout: id } } },
    { refetchInterval: ASK_MILLISECONDS },
  )
  const targets = asked.data?.targets ?? []
  return (
    <Text size="sm" role="status">
      {t('rollouts.looked', {
        answered: targets.filter((one) => one.recap !== null || one.state === 'failed').length,
        all: targets.length,
        changing: targets.filter((one) => (one.recap?.changed ?? 0) > 0).length,
        failing: targets.filter((one) => one.state === 'failed').length,
      })}{' '}
      <Anchor component={Link} to={`/rollouts?id=${id}`} target="_blank">
        {t('rollouts.lookAt', { id })}
      </Anchor>
    </Text>
  )
}
