/** Chooses the service whose readiness a list or map shows. */
import { Select, type SelectProps } from '@mantine/core'
import { useWords } from '../words'
import { useServices } from './services'

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  /** "" is none. */
  readonly service: string
  readonly onService: (service: string) => void
}

export function ServiceSelect({ service, onService, ...more }: Props) {
  const { t } = useWords()
  const services = useServices()
  return (
    <Select
      size="xs"
      searchable
      clearable
      aria-label={t('readiness.hold')}
      placeholder={t('readiness.hold')}
      clearButtonProps={{ 'aria-label': t('readiness.noService') }}
      {...more}
      data={services.map((one) => ({ value: one.name, label: one.label }))}
      value={service === '' ? null : service}
      onChange={(value) => onService(value ?? '')}
    />
  )
}
