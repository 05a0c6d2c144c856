/** What became of one device so far, newest first: states, faults, serial numbers, checks. */

import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/client'
import { instant } from '../app/format'
import { OlderButton } from '../app/OlderButton'
import { EmptyState, ErrorState, Loading } from '../app/parts'
import { useWords } from '../words'
import './devices.css'

const PAGE = 30

interface Props {
  readonly asset: string
  readonly device: string
  readonly label: string
  readonly onClose: () => void
}

export function DeviceHistory({ asset, device, label, onClose }: Props) {
  const { t } = useWords()
  const title = t('assets.devices.history', { device: label })
  return (
    <aside className="cf-device-history" aria-label={title}>
      <div className="cf-device-history-head">
        <h2>{title}</h2>
        <ActionIcon variant="subtle" color="gray" aria-label={t('app.close')} onClick={onClose}>
          <IconX size={16} aria-hidden />
        </ActionIcon>
      </div>
      <Moments asset={asset} device={device} />
    </aside>
  )
}

function Moments({ asset, device }: { asset: string; device: string }) {
  const { t } = useWords()
  const asked = useHistory(asset, device)
  if (asked.error) return <ErrorState error={asked.error} retry={() => void asked.refetch()} />
  if (asked.data === undefined) return <Loading />
  const items = asked.data.pages.flatMap((page) => page.items)
  if (items.length === 0) return <EmptyState title={t('assets.devices.noHistory')} />
  return (
    <>
      <ol className="cf-moments">
        {items.map((one) => (
          <li key={`${one.at} ${one.what} ${one.sentence}`} data-what={one.what}>
            <time className="cf-quiet">{instant(one.at)}</time>
            <span>{one.sentence}</span>
            {one.serial !== '' && <span className="cf-quiet cf-mono">{one.serial}</span>}
          </li>
        ))}
      </ol>
      <OlderButton pages={asked} label={t('assets.events.older')} m="sm" />
    </>
  )
}

/** Page behind page. The sentences come in the reader's language. */
function useHistory(asset: string, device: string) {
  const { language } = useWords()
  return useInfiniteQuery({
    queryKey: ['device-history', asset, device, language],
    initialPageParam: undefined as number | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(pageParam !== undefined && { cursor: pageParam }) }
      const params = { path: { asset, device }, query }
      const answer = await api.GET('/api/v1/assets/{asset}/devices/{device}/history', {
        params,
        signal,
      })
      if (answer.data === undefined) throw answer.error
      return answer.data
    },
    getNextPageParam: (page) => page.next ?? undefined,
  })
}
