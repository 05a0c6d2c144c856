import { Loader } from '@mantine/core'
import { useWords } from '../../words'
import './parts.css'

export function Loading() {
  const { t } = useWords()
  return (
    <div className="cf-empty" role="status">
      <Loader size="sm" aria-hidden />
      <span className="cf-empty-note">{t('app.loading')}</span>
    </div>
  )
}
