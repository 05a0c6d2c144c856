/** A court: one of the records, or the name of a new one. */

import { Autocomplete, type AutocompleteProps } from '@mantine/core'
import { $api } from '../api/client'
import { isComposing } from '../app/parts'
import { useWords } from '../words'

interface Props extends Omit<AutocompleteProps, 'data' | 'onKeyDown'> {
  readonly label: string
}

/** The names of all courts that have a record. */
export function useCourtNames(): string[] {
  const asked = $api.useQuery('get', '/api/v1/courts')
  return (asked.data?.items ?? []).map((court) => court.name)
}

export function CourtInput(props: Props) {
  const { t } = useWords()
  const names = useCourtNames()
  return (
    <Autocomplete
      description={t('assets.form.courtHint')}
      maxLength={80}
      {...props}
      data={names}
      limit={60}
      maxDropdownHeight={220}
      comboboxProps={{ withinPortal: true }}
      // While composing, Enter and arrows belong to the input method, not to the list.
      onKeyDownCapture={(event) => isComposing(event) && event.stopPropagation()}
    />
  )
}
