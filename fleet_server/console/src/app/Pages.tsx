import { lazy, Suspense } from 'react'
import { BrowserRouter, Outlet, Route, Routes, useLocation, useSearchParams } from 'react-router'
import { ErrorBoundary } from './ErrorBoundary'
import { NotFound } from './NotFound'
import { Loading } from './parts/Loading'
import { ASSET_PAGE, SCREENS } from './routes'
import { Shell } from './Shell'

const Wall = lazy(() => import('./wall/Wall'))

/** The address decides: a screen inside the shell, or the wall. */
export function Pages() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Frame />}>
          {[...SCREENS, ASSET_PAGE].map(({ path, component: Page }) => (
            <Route key={path} path={path} element={<Page />} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </BrowserRouter>
  )
}

function Frame() {
  const [search] = useSearchParams()
  if (search.get('screen') !== 'wall') return <Shell page={<Page />} />
  return (
    <Suspense fallback={<Loading />}>
      <Wall />
    </Suspense>
  )
}

function Page() {
  const { pathname } = useLocation()
  return (
    // A fault is forgotten when the address changes.
    <ErrorBoundary key={pathname}>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    </ErrorBoundary>
  )
}
