import { Suspense, useEffect, useMemo, useState } from 'react'
import { useNow } from '../../api/live'
import { useWords } from '../../words'
import { Banners } from '../Banners'
import { Brand } from '../Brand'
import { ErrorBoundary } from '../ErrorBoundary'
import { clock, date } from '../format'
import { Lamp } from '../Lamp'
import { useLiveFleet } from '../live'
import { Loading } from '../parts'
import { SCREENS } from '../routes'
import { useSession } from '../session'
import { SlotsContext } from '../slots'
import { useNewVersion } from '../version'
import { Board } from './Board'
import './wall.css'

const TURN_SECONDS = 30
const Overview = SCREENS[0]?.component ?? Board

/** A screen on a wall: nobody at the keyboard, no names of people, new by itself. */
export default function Wall() {
  const { t } = useWords()
  const { console } = useSession()
  const [title, setTitle] = useState<HTMLElement | null>(null)
  const [turn, setTurn] = useState(0)
  const newer = useNewVersion()
  useLiveFleet()
  useEffect(() => {
    if (newer !== null) location.reload()
  }, [newer])
  useEffect(() => {
    const timer = setInterval(() => setTurn((before) => before + 1), TURN_SECONDS * 1000)
    return () => clearInterval(timer)
  }, [])
  const slots = useMemo(() => ({ title, actions: null }), [title])
  const Page = turn % 2 === 0 ? Overview : Board
  return (
    <div className="cf-wall">
      <header>
        <div className="cf-wall-head">
          <Brand installation={console.name} />
          <div className="cf-wall-title" ref={setTitle} />
          <Lamp />
          <WallClock />
        </div>
        <Banners />
      </header>
      <main className="cf-content" aria-label={t('product.name')}>
        <SlotsContext.Provider value={slots}>
          <ErrorBoundary key={turn % 2}>
            <Suspense fallback={<Loading />}>
              <Page />
            </Suspense>
          </ErrorBoundary>
        </SlotsContext.Provider>
      </main>
    </div>
  )
}

function WallClock() {
  const now = useNow(1000)
  return (
    <time className="cf-wall-clock" dateTime={new Date(now).toISOString()}>
      {date(now)} <b>{clock(now)}</b>
    </time>
  )
}
