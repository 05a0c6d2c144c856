import { IconFlask, IconPlugConnectedX, IconRefresh } from '@tabler/icons-react'
import { POLL_SECONDS, useLamp } from '../api/live'
import { useWords } from '../words'
import { instant } from './format'
import { useSession } from './session'
import { useNewVersion } from './version'

/** Three seconds without the stream are a changed cell, not news. */
const PATIENCE_SECONDS = 3

/** What everybody must know above every screen: a demo, a lost stream, a newer server. */
export function Banners() {
  const { t } = useWords()
  const { console } = useSession()
  const newer = useNewVersion()
  return (
    <>
      {console.demo && (
        <div className="cf-banner" data-kind="demo">
          <IconFlask size={14} aria-hidden />
          <strong>{t('product.demo')}</strong>
          <span>{t('product.demoNote')}</span>
        </div>
      )}
      <StreamBanner />
      {newer !== null && (
        <div className="cf-banner" data-kind="news" role="status">
          <IconRefresh size={14} aria-hidden />
          <span>{t('app.newVersion', { version: newer })}</span>
          <button type="button" className="cf-link" onClick={() => location.reload()}>
            {t('app.reload')}
          </button>
        </div>
      )}
    </>
  )
}

function StreamBanner() {
  const { t } = useWords()
  const { state, ageSeconds } = useLamp()
  const isQuiet = state === 'live' || (state === 'polling' && ageSeconds === 0)
  if (isQuiet || (state === 'offline' && ageSeconds < PATIENCE_SECONDS)) {
    return <div role="status" />
  }
  return (
    <div className="cf-banner" data-kind={state} role="status">
      <IconPlugConnectedX size={14} aria-hidden />
      <span>
        {state === 'polling'
          ? t('lamp.pollingBanner', { seconds: POLL_SECONDS })
          : t('lamp.offlineBanner', { at: instant(Date.now() - ageSeconds * 1000) })}
      </span>
    </div>
  )
}
