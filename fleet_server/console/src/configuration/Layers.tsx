/** The layers that are written, and the one that is edited. */

import { $api } from '../api/client'
import { instant } from '../app/format'
import { ErrorState, Loading } from '../app/parts'
import '../app/parts/choice.css'
import { useWords } from '../words'
import type { LayerHead, Option } from './configuration'
import { LayerEditor } from './LayerEditor'
import { ScopeSelect, useScopeName } from './scopes'

interface Props {
  readonly layers: readonly LayerHead[]
  readonly options: readonly Option[]
  readonly scope: string
  readonly onOpen: (scope: string) => void
}

export function Layers({ layers, options, scope, onOpen }: Props) {
  const { t } = useWords()
  const nameOf = useScopeName()
  const asked = $api.useQuery(
    'get',
    '/api/v1/configuration/layer',
    { params: { query: { scope } } },
    { gcTime: 0 },
  )
  return (
    <div className="cf-layers">
      <nav className="cf-layers-list" aria-label={t('configuration.written')}>
        <ScopeSelect scope={scope} written={layers.map((one) => one.scope)} onChange={onOpen} />
        <h2>{t('configuration.written')}</h2>
        {layers.length === 0 && <p className="cf-quiet">{t('configuration.none')}</p>}
        <ol>
          {layers.map((one) => (
            <li key={one.scope}>
              <button
                type="button"
                className="cf-choice"
                aria-current={one.scope === scope}
                onClick={() => onOpen(one.scope)}
              >
                <span>{nameOf(one.scope)}</span>
                <span className="cf-quiet">
                  {t('configuration.version', { version: one.version })} ·{' '}
                  {instant(one.made_at ?? '').slice(0, -3)}
                </span>
              </button>
            </li>
          ))}
        </ol>
      </nav>
      {asked.error ? (
        <ErrorState error={asked.error} retry={() => void asked.refetch()} />
      ) : asked.data === undefined ? (
        <Loading />
      ) : (
        <LayerEditor
          key={`${scope} ${asked.data.version}`}
          layer={asked.data}
          options={options}
          onSaved={() => void asked.refetch()}
        />
      )}
    </div>
  )
}
