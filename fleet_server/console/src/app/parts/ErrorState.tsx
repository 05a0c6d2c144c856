import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { said } from '../../api/client'
import { useWords } from '../../words'
import './parts.css'

/** What went wrong, in the server's own sentence, and a way to try again. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useWords()
  return (
    <div className="cf-empty" role="alert">
      <div className="cf-empty-icon">
        <IconPlugConnectedX size={28} stroke={1.5} aria-hidden />
      </div>
      <p className="cf-empty-title">{t('error.title')}</p>
      <p className="cf-empty-note">{said(error)}</p>
      {retry !== undefined && (
        <Button size="xs" variant="default" onClick={retry}>
          {t('app.retry')}
        </Button>
      )}
    </div>
  )
}
