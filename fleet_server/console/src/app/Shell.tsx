import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react'
import { useWords } from '../words'
import { Banners } from './Banners'
import { useLiveFleet } from './live'
import { Navigation } from './Navigation'
import { SlotsContext } from './slots'
import { TopBar } from './TopBar'

const Search = lazy(() => import('./search/Search'))

/** The frame around every screen; while it stands, the page follows the fleet. */
export function Shell({ page }: { page: ReactNode }) {
  const { t } = useWords()
  const [title, setTitle] = useState<HTMLElement | null>(null)
  const [actions, setActions] = useState<HTMLElement | null>(null)
  const [isNavigationOpen, setNavigationOpen] = useState(false)
  const [isSearchOpen, setSearchOpen] = useState(false)
  useLiveFleet()
  useSearchKey(() => setSearchOpen(true))
  const slots = useMemo(() => ({ title, actions }), [title, actions])
  return (
    <div className="cf-shell" data-navigation={isNavigationOpen ? 'open' : 'closed'}>
      <a href="#content" className="cf-skip">
        {t('app.skip')}
      </a>
      <Navigation isOpen={isNavigationOpen} onClose={() => setNavigationOpen(false)} />
      <div className="cf-body">
        <header>
          <TopBar
            titleRef={setTitle}
            actionsRef={setActions}
            onNavigation={() => setNavigationOpen(true)}
            onSearch={() => setSearchOpen(true)}
          />
          <Banners />
        </header>
        <main id="content" className="cf-content" tabIndex={-1}>
          <SlotsContext.Provider value={slots}>{page}</SlotsContext.Provider>
        </main>
      </div>
      <Suspense>{isSearchOpen && <Search onClose={() => setSearchOpen(false)} />}</Suspense>
    </div>
  )
}

function useSearchKey(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault() // the browser's own Ctrl K goes to its address bar
      open()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
