/** Which playbook, and its variables; what it takes stands below. */

import { Autocomplete, Textarea } from '@mantine/core'
import { $api, type Schemas } from '../api/client'
import { useWords } from '../words'
import './playbooks.css'
import { wrongLine } from './variables'

interface Wish {
  readonly playbook?: string
  readonly variables?: string
}

interface Props {
  readonly playbook: string
  readonly variables: string
  /** Somebody wants to go on: what is missing or wrong is said. */
  readonly isTried: boolean
  readonly onChange: (wish: Wish) => void
}

export function PlaybookFields({ playbook, variables, isTried, onChange }: Props) {
  const { t } = useWords()
  const known = $api.useQuery('get', '/api/v1/playbooks').data?.items ?? []
  const chosen = known.find((one) => one.name === playbook.trim())
  const line = wrongLine(variables)
  return (
    <>
      <Autocomplete
        label={t('playbooks.playbook')}
        required
        maxLength={64}
        data={known.map((one) => one.name)}
        openOnFocus={false} // it would lie over what comes next
        value={playbook}
        error={isTried && playbook.trim() === '' && t('playbooks.missing')}
        onChange={(name) => onChange({ playbook: name })}
        data-autofocus
      />
      <Textarea
        label={t('playbooks.variables')}
        description={t('playbooks.variablesHint')}
        classNames={{ input: 'cf-mono' }}
        autosize
        minRows={3}
        value={variables}
        error={isTried && line !== null && t('playbooks.wrong', { line })}
        onChange={(event) => onChange({ variables: event.currentTarget.value })}
      />
      {chosen !== undefined && <Options playbook={chosen} />}
    </>
  )
}

function Options({ playbook }: { playbook: Schemas['PlaybookOut'] }) {
  const { t } = useWords()
  return (
    <details className="cf-options">
      <summary>{t('playbooks.takes', { n: playbook.options.length })}</summary>
      <dl>
        {playbook.options.map((one) => (
          <div key={one.name}>
            <dt>
              <code>{one.name}</code> <span>{one.type}</span>
              {one.is_required && <strong> {t('playbooks.required')}</strong>}
            </dt>
            <dd>{one.description}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
