import { MantineProvider } from '@mantine/core'
import './mantine.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { makeQuestions } from '../api/questions'
import { useWords } from '../words'
import { ErrorBoundary } from './ErrorBoundary'
import './frame.css'
import { Pages } from './Pages'
import { SessionGate } from './session'
import { theme, variables } from './theme'

export function App() {
  const [questions] = useState(makeQuestions)
  const { t } = useWords() // a change of language draws everything anew
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="dark">
      <QueryClientProvider client={questions}>
        <ErrorBoundary>
          <SessionGate>
            <Pages />
          </SessionGate>
        </ErrorBoundary>
        {/* Lists and menus open here (see the theme): a landmark, so that nobody reads past them. */}
        <section id="cf-above" aria-label={t('app.above')} />
      </QueryClientProvider>
    </MantineProvider>
  )
}
