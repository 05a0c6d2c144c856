/** Who is signed in. Nothing of the console is shown before that is known. */
import { useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  lazy,
  type ReactNode,
  Suspense,
  useCallback,
  useContext,
  useEffect,
  useState,
} from 'react'
import { $api, api, isProblem, type Schemas, said, whenSignedOut } from '../api/client'
import { useWords, type WordKey } from '../words'
import { EmptyState, Loading } from './parts'
import { ErrorState } from './parts/ErrorState'
import { takeWallToken } from './wall/token'

export type Session = Schemas['SessionOut']
export type Console = Schemas['ConsoleOut']
type Role = Session['role']

const SignIn = lazy(() => import('./SignIn'))

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']
/** Set by signing out: a demo does not let somebody in again who has just left. */
const LEFT = 'courtfleet.left'

interface Known {
  readonly session: Session
  readonly console: Console
  readonly signOut: () => Promise<void>
}

type Stage =
  | { readonly is: 'asking' }
  | { readonly is: 'unreachable'; readonly error: unknown }
  | { readonly is: 'out'; readonly console: Console; readonly why: WordKey | null }
  | { readonly is: 'in'; readonly console: Console; readonly session: Session }

const CONSOLE = $api.queryOptions('get', '/api/v1/console', {})

const Context = createContext<Known | null>(null)

/** The signed-in account and what the server is; only below `SessionGate`. */
export function useSession(): Known {
  const known = useContext(Context)
  if (known === null) throw new Error('useSession is used outside of SessionGate')
  return known
}

/** Whether the account may do what `role` may. */
export function useMay(role: Role): boolean {
  return ROLES.indexOf(useSession().session.role) >= ROLES.indexOf(role)
}

export function SessionGate({ children }: { children: ReactNode }) {
  const questions = useQueryClient()
  const [stage, setStage] = useState<Stage>({ is: 'asking' })
  const ask = useCallback(
    (why: WordKey | null) => {
      const known = (entered: Stage) => {
        // The map asks for the same, and need not ask again.
        if ('console' in entered) questions.setQueryData(CONSOLE.queryKey, entered.console)
        setStage(entered)
      }
      enter(why).then(known, (error: unknown) => setStage({ is: 'unreachable', error }))
    },
    [questions],
  )
  useEffect(() => ask(null), [ask])
  useEffect(() => whenSignedOut(() => ask('signIn.expired')), [ask])

  if (stage.is === 'asking') return <Loading />
  if (stage.is === 'unreachable') return <Unreachable error={stage.error} retry={() => ask(null)} />
  const { console } = stage
  if (stage.is === 'out') {
    const onSession = (session: Session) => {
      localStorage.removeItem(LEFT)
      setStage({ is: 'in', console, session })
    }
    return (
      <Suspense fallback={<Loading />}>
        <SignIn console={console} why={stage.why} onSession={onSession} />
      </Suspense>
    )
  }
  const signOut = async () => {
    localStorage.setItem(LEFT, '1')
    await api.DELETE('/api/v1/session').catch(() => undefined)
    questions.clear() // the next person must not see what this one saw
    setStage({ is: 'out', console, why: 'signIn.signedOut' })
  }
  return (
    <Context.Provider value={{ session: stage.session, console, signOut }}>
      {children}
    </Context.Provider>
  )
}

/** Recognised, let into a demo, or asked to sign in. Throws what the server or the network said. */
async function enter(why: WordKey | null): Promise<Stage> {
  const token = takeWallToken()
  const [shown, asked] = await Promise.all([
    api.GET('/api/v1/console'),
    token === null ? api.GET('/api/v1/session') : null,
  ])
  if (shown.data === undefined) throw shown.error
  const console = shown.data
  if (token !== null || asked === null) {
    const body = { token: token ?? '' }
    const { data: session } = await api.POST('/api/v1/session/token', { body })
    return session ? { is: 'in', console, session } : { is: 'out', console, why: 'wall.refused' }
  }
  if (asked.data !== undefined) return { is: 'in', console, session: asked.data }
  if (!isProblem(asked.error) || asked.response.status !== 401) throw asked.error
  if (console.demo && localStorage.getItem(LEFT) === null) {
    const { data: session } = await api.POST('/api/v1/session/demo')
    if (session) return { is: 'in', console, session }
  }
  return { is: 'out', console, why }
}

function Unreachable({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useWords()
  return isProblem(error) ? (
    <ErrorState error={error} retry={retry} />
  ) : (
    <EmptyState title={t('signIn.unreachable')} note={said(error)}>
      <button type="button" className="cf-link" onClick={retry}>
        {t('app.retry')}
      </button>
    </EmptyState>
  )
}
