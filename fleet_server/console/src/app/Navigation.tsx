import { IconX } from '@tabler/icons-react'
import { useEffect } from 'react'
import { NavLink } from 'react-router'
import { useWords } from '../words'
import { Brand } from './Brand'
import { Lamp } from './Lamp'
import { SCREENS } from './routes'
import { useSession } from './session'

interface Props {
  /** On a phone it lies over the page. */
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** 208 px of screens; icons only below 1440 px, where the name appears beside the icon on hover. */
export function Navigation({ isOpen, onClose }: Props) {
  const { t } = useWords()
  const { console } = useSession()
  useEscape(isOpen, onClose)
  return (
    <>
      {isOpen && (
        <button
          type="button"
          className="cf-veil"
          aria-label={t('app.navigationClose')}
          onClick={onClose}
        />
      )}
      <aside className="cf-navigation" data-open={isOpen}>
        <div className="cf-navigation-head">
          <Brand installation={console.name} />
          <button
            type="button"
            className="cf-navigation-close"
            aria-label={t('app.navigationClose')}
            onClick={onClose}
          >
            <IconX size={18} aria-hidden />
          </button>
        </div>
        <nav aria-label={t('app.navigation')}>
          {SCREENS.map(({ path, titleKey, icon: Icon }) => (
            <NavLink key={path} to={path} end={path === '/'} className="cf-place" onClick={onClose}>
              <Icon size={18} stroke={1.6} aria-hidden />
              <span className="cf-place-name">{t(titleKey)}</span>
            </NavLink>
          ))}
        </nav>
        <div className="cf-navigation-foot">
          <Lamp />
          <span className="cf-version">v{console.version}</span>
        </div>
      </aside>
    </>
  )
}

function useEscape(isOpen: boolean, onClose: () => void): void {
  useEffect(() => {
    if (!isOpen) return undefined
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isOpen, onClose])
}
