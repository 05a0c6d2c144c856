import { lazy, Suspense, useState } from 'react'
import { AccountButton } from './AccountButton'

const AccountMenu = lazy(() => import('./AccountMenu'))

/** Who is signed in, and what they may do about it. */
export function Account() {
  const [wasAsked, setAsked] = useState(false)
  if (!wasAsked) return <AccountButton aria-haspopup="menu" onClick={() => setAsked(true)} />
  return (
    <Suspense fallback={<AccountButton aria-haspopup="menu" />}>
      <AccountMenu />
    </Suspense>
  )
}
