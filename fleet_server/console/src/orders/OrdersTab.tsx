/** What an asset was told to do, newest first, and what came of it; and telling it more. */

import { Button, Group, Table, UnstyledButton } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Asset } from '../api/assets'
import { api } from '../api/client'
import { useNow } from '../api/live'
import { age } from '../app/format'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useMay } from '../app/session'
import classes from '../assets/screens.module.css'
import { useWords } from '../words'
import { OrderDialog } from './OrderDialog'
import { PlaceMenu } from './PlaceMenu'
import { type Order, StateMark } from './state'

const PAGE = 50

export function OrdersTab({ asset }: { asset: Asset }) {
  const { t } = useWords()
  const mayPlace = useMay('operator') && !asset.retired_at
  const [shown, setShown] = useState<string | null>(null)
  const asked = useOrders(asset.id)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const orders = asked.data.pages.flatMap((page) => page.items)
  const menu = mayPlace && <PlaceMenu asset={asset.id} onPlaced={setShown} />
  return (
    <div className={classes.wide}>
      {orders.length === 0 ? (
        <EmptyState
          icon={<IconListCheck size={28} stroke={1.5} aria-hidden />}
          title={t('orders.empty')}
          note={t('orders.emptyText')}
        >
          {menu}
        </EmptyState>
      ) : (
        <>
          <Group py="sm" justify="flex-end">
            {menu}
          </Group>
          <Orders orders={orders} onShow={setShown} />
        </>
      )}
      {asked.hasNextPage && (
        <Button
          m="md"
          size="xs"
          variant="default"
          loading={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          {t('orders.older')}
        </Button>
      )}
      {shown !== null && (
        <OrderDialog asset={asset.id} order={shown} onClose={() => setShown(null)} />
      )}
    </div>
  )
}

function Orders({ orders, onShow }: { orders: readonly Order[]; onShow: (id: string) => void }) {
  const { t } = useWords()
  const now = useNow(10_000)
  return (
    <Table verticalSpacing="xs" highlightOnHover aria-label={t('orders.table')}>
      <Table.Thead>
        <Table.Tr>
          {(['what', 'state', 'tasks', 'age', 'who'] as const).map((column) => (
            <Table.Th key={column}>{t(`orders.columns.${column}`)}</Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {orders.map((order) => (
          <Table.Tr key={order.id} data-order={order.id}>
            <Table.Td>
              <UnstyledButton
                fz="sm"
                fw={600}
                aria-label={t('orders.show', { what: order.asked_for })}
                onClick={() => onShow(order.id)}
              >
                {order.asked_for}
              </UnstyledButton>{' '}
              {order.is_check && <span className="cf-order-note">{t('orders.checkOnly')}</span>}
            </Table.Td>
            <Table.Td>
              <StateMark state={order.state} sentence={order.sentence} />
            </Table.Td>
            <Table.Td>{order.recap && t('orders.tasks', counts(order.recap))}</Table.Td>
            <Table.Td>
              {t('orders.ago', { age: age(now - new Date(order.placed_at).getTime()) })}
            </Table.Td>
            <Table.Td>{order.source || order.who}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function counts({ ok, changed, failed }: NonNullable<Order['recap']>) {
  return { ok, changed, failed }
}

/** Page behind page. What orders are and came to is said in the reader's language. */
function useOrders(asset: string) {
  const { language } = useWords()
  return useInfiniteQuery({
    queryKey: ['orders', asset, language],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam !== undefined && { cursor: pageParam }) }
      const params = { path: { asset }, query }
      const answer = await api.GET('/api/v1/assets/{asset}/orders', { params, signal })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
