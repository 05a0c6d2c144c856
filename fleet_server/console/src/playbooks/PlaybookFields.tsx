/** Which playbook, and a form for what it can be told, a group a role. */

import { Autocomplete } from '@mantine/core'
import { said } from '../api/client'
import { useWords } from '../words'
import { OptionField } from './OptionField'
import './playbooks.css'
import { usePlaybook, usePlaybooks } from './usePlaybook'
import { faultIn, isLacking, type Variables, withValue } from './variables'

interface Wish {
  readonly playbook?: string
  readonly variables?: Variables
}

interface Props {
  readonly playbook: string
  readonly variables: Variables
  /** Somebody wants to go on: what is missing or wrong is said. */
  readonly isTried: boolean
  /** What the server said against the last try. */
  readonly error: unknown
  readonly onChange: (wish: Wish) => void
}

export function PlaybookFields({ playbook, variables, isTried, error, onChange }: Props) {
  const { t } = useWords()
  const known = usePlaybooks()
  const chosen = usePlaybook(playbook)
  const options = chosen?.options ?? []
  const fault = faultIn(chosen, error)
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
        onChange={(name) => onChange({ playbook: name, variables: {} })}
        data-autofocus
      />
      {[...new Set(options.map((one) => one.role))].map((role) => (
        <fieldset key={role} className="cf-options">
          <legend className="cf-mono">{role}</legend>
          {options
            .filter((one) => one.role === role)
            .sort((one, other) => Number(other.is_required) - Number(one.is_required))
            .map((one) => (
              <OptionField
                key={one.name}
                option={one}
                value={variables[one.name]}
                error={
                  (isTried && isLacking(one, variables) && t('playbooks.missingValue')) ||
                  (fault === one.name && said(error))
                }
                onChange={(value) => onChange({ variables: withValue(variables, one.name, value) })}
              />
            ))}
        </fieldset>
      ))}
    </>
  )
}
