/** One order: all it came to, what it gave out, and ending it. */

import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { $api, api, type Schemas } from '../api/client'
import { instant } from '../app/format'
import { Dialogue, ErrorState, Loading } from '../app/parts'
import { useMay } from '../app/session'
import { Refusal } from '../assets/parts'
import { useWords } from '../words'
import { StateMark } from './state'

const ASK_AGAIN_MILLISECONDS = 20_000
const MOST_LINES = 12

type Detail = Schemas['OrderDetail']

interface Props {
  readonly asset: string
  readonly order: string
  readonly onClose: () => void
}

export function OrderDialog({ asset, order, onClose }: Props) {
  const { t, language } = useWords()
  const asked = useQuery({
    queryKey: ['orders', asset, language, order],
    queryFn: async ({ signal }) => {
      const params = { path: { order } }
      const answer = await api.GET('/api/v1/orders/{order}', { params, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
  })
  return (
    <Dialogue title={asked.data?.asked_for ?? t('orders.table')} size="xl" onClose={onClose}>
      {asked.data ? (
        <Shown order={asked.data} />
      ) : asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : (
        <Loading />
      )}
    </Dialogue>
  )
}

function Shown({ order }: { order: Detail }) {
  const { t } = useWords()
  const mayOperate = useMay('operator')
  return (
    <Stack gap="md">
      <Group gap="md">
        <StateMark state={order.state} sentence={order.sentence} />
        {order.is_check && <span>{t('orders.checkOnly')}</span>}
        <span className="cf-order-note">
          {order.number === null ? t('orders.unsent') : t('orders.number', { n: order.number })}
          {' · '}
          {t('orders.valid', { until: instant(order.valid_until) })}
          {order.why && ` · ${order.why}`}
        </span>
      </Group>
      {order.recap && <Recap recap={order.recap} />}
      <section aria-label={t('orders.steps')}>
        <ol className="cf-order-steps">
          {order.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added
            <li key={index}>
              <time dateTime={step.at}>{instant(step.at)}</time>
              <span>
                <StateMark state={step.state} sentence={step.sentence} />
                {step.attempt > 1 && ` ${t('orders.attempt', { n: step.attempt })}`}
                {step.detail && <Text size="sm">{step.detail}</Text>}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {mayOperate && !order.is_final && order.kind === 'bundle' && <Lines order={order} />}
      {mayOperate && <Output order={order} />}
      {mayOperate && !order.is_final && <Ending order={order} />}
    </Stack>
  )
}

function Recap({ recap }: { recap: NonNullable<Detail['recap']> }) {
  const { t } = useWords()
  const { ok, changed, failed } = recap
  return (
    <div>
      <Text size="sm">{t('orders.tasks', { ok, changed, failed })}</Text>
      {recap.failed_task && (
        <Text size="sm" c="var(--cf-fault-text)">
          {t('orders.failedTask', { task: recap.failed_task })} {recap.message}
        </Text>
      )}
    </div>
  )
}

/** What its play is at; the stream tells of more for a minute after each time that we ask. */
function Lines({ order }: { order: Detail }) {
  const { t, language } = useWords()
  const asked = useQuery({
    queryKey: ['lines', order.asset, order.id, language],
    refetchInterval: ASK_AGAIN_MILLISECONDS,
    queryFn: async ({ signal }) => {
      const params = { path: { order: order.id } }
      const answer = await api.GET('/api/v1/orders/{order}/lines', { params, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
  })
  const newest = asked.data?.items.slice(-MOST_LINES) ?? []
  return (
    <section aria-label={t('orders.live')}>
      <Text size="sm">{t('orders.live')}</Text>
      <div role="log" className="cf-order-text">
        {newest.map((line) => (
          <div key={line.number}>{line.sentence}</div>
        ))}
      </div>
    </section>
  )
}

function Output({ order }: { order: Detail }) {
  const { t } = useWords()
  const [isRead, setRead] = useState(false)
  const asked = useQuery({
    queryKey: ['orders', order.asset, 'output', order.id],
    enabled: isRead,
    queryFn: async ({ signal }) => {
      const params = { path: { order: order.id } }
      const asText = { params, signal, parseAs: 'text' } as const
      const answer = await api.GET('/api/v1/orders/{order}/output', asText)
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
  })
  const isHere = order.output === 'whole' || order.output === 'cut'
  return (
    <section aria-label={t('orders.output')}>
      <Group gap="sm" mb="xs">
        <span className="cf-order-note">{t(`orders.outputs.${order.output}`)}</span>
        {isHere && order.kind !== 'diagnose' && (
          <Button
            size="xs"
            variant="default"
            loading={asked.isFetching}
            onClick={() => setRead(true)}
          >
            {t('orders.read')}
          </Button>
        )}
        {isHere && (
          <Button
            size="xs"
            variant="default"
            component="a"
            href={`/api/v1/orders/${order.id}/output/file`}
            download
          >
            {t('orders.save')}
          </Button>
        )}
      </Group>
      <Refusal error={asked.error} />
      {asked.data !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <pre className="cf-order-text" tabIndex={0}>
          {asked.data}
        </pre>
      )}
    </section>
  )
}

function Ending({ order }: { order: Detail }) {
  const { t } = useWords()
  const questions = useQueryClient()
  const ending = $api.useMutation('post', '/api/v1/orders/{order}/cancel', {
    onSettled: () => void questions.invalidateQueries({ queryKey: ['orders', order.asset] }),
  })
  if (order.cancel_asked_at !== null) {
    return <Text size="sm">{t('orders.cancelling')}</Text>
  }
  return (
    <Group>
      <Button
        size="xs"
        variant="default"
        loading={ending.isPending}
        onClick={() => ending.mutate({ params: { path: { order: order.id } }, body: { why: '' } })}
      >
        {order.number === null ? t('orders.undo') : t('orders.cancel')}
      </Button>
      <Refusal error={ending.error} />
    </Group>
  )
}
