import { IconMapQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useWords } from '../words'
import { EmptyState, PageHeader } from './parts'

export function NotFound() {
  const { t } = useWords()
  return (
    <>
      <PageHeader title={t('app.notFound')} />
      <EmptyState
        icon={<IconMapQuestion size={32} stroke={1.5} aria-hidden />}
        title={t('app.notFound')}
        note={t('app.notFoundNote')}
      >
        <Link to="/">{t('app.toOverview')}</Link>
      </EmptyState>
    </>
  )
}
