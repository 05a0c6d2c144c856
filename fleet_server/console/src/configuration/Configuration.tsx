/** Configuration: how each asset compares with what is desired, and the layers that say so. */
import { Group, SegmentedControl } from '@mantine/core'
import { $api } from '../api/client'
import { ErrorState, Loading, PageHeader } from '../app/parts'
import screens from '../assets/screens.module.css'
import { put, useAddress } from '../assets/useAddress'
import { useWords } from '../words'
import './configuration.css'
import { ASK_MILLISECONDS } from './configuration'
import { Layers } from './Layers'
import { Policy } from './Policy'
import { Standings } from './Standings'

const VIEWS = ['assets', 'layers'] as const

export default function Configuration() {
  const { t } = useWords()
  const [params, alter] = useAddress()
  const asked = $api.useQuery('get', '/api/v1/configuration', undefined, {
    refetchInterval: ASK_MILLISECONDS,
  })
  const isScoped = params.get('scope') !== null
  const view = VIEWS.find((one) => one === params.get('view')) ?? (isScoped ? 'layers' : 'assets')
  return (
    <div className={screens.screen}>
      <PageHeader title={t('screens.configuration')} />
      <Group className={screens.toolbar} justify="space-between" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('configuration.view')}
          data={VIEWS.map((one) => ({ value: one, label: t(`configuration.views.${one}`) }))}
          value={view}
          onChange={(one) =>
            alter((now) => {
              put(now, 'view', one)
              if (one === 'assets') now.delete('scope')
            })
          }
        />
        {asked.data !== undefined && <Policy policies={asked.data.policies} />}
      </Group>
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : view === 'assets' ? (
        <Standings counts={asked.data.counts} />
      ) : (
        <Layers
          layers={asked.data.layers}
          options={asked.data.options}
          scope={params.get('scope') ?? 'fleet'}
          onOpen={(scope) => alter((now) => put(now, 'scope', scope))}
        />
      )}
    </div>
  )
}
