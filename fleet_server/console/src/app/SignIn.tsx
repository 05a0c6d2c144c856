import { Alert, Button, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { api, type Schemas, said } from '../api/client'
import { useWords, type WordKey } from '../words'
import { Brand } from './Brand'
import { Form } from './parts'
import { LanguageSwitch, ThemeSwitch } from './Switches'

interface Props {
  readonly console: Schemas['ConsoleOut']
  /** Why the person is here again. */
  readonly why: WordKey | null
  readonly onSession: (session: Schemas['SessionOut']) => void
}

/** The first thing a stranger sees: a local account, in either language. */
export default function SignIn({ console, why, onSession }: Props) {
  const { t } = useWords()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [refusal, setRefusal] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const send = async (asked: () => Promise<{ data?: Schemas['SessionOut']; error?: unknown }>) => {
    setIsBusy(true)
    setRefusal(null)
    try {
      const { data, error } = await asked()
      if (data !== undefined) return onSession(data)
      setRefusal(said(error))
    } catch (error) {
      setRefusal(said(error))
    }
    setIsBusy(false)
  }
  const submit = () => {
    if (name.trim() === '') return setRefusal(t('signIn.nameMissing'))
    if (password === '') return setRefusal(t('signIn.passwordMissing'))
    const body = { name: name.trim(), password }
    void send(() => api.POST('/api/v1/session', { body }))
  }

  return (
    <div className="cf-sign-in">
      <header className="cf-sign-in-corner">
        <LanguageSwitch />
        <ThemeSwitch />
      </header>
      <main className="cf-sign-in-card">
        <Brand installation={console.name} />
        <Form onSubmit={submit} className="cf-sign-in-form" label={t('signIn.title')}>
          <h1>{t('signIn.title')}</h1>
          {why !== null && refusal === null && (
            <Alert color="gray" role="status" p="xs">
              {t(why)}
            </Alert>
          )}
          <TextInput
            label={t('signIn.name')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
          />
          <PasswordInput
            label={t('signIn.password')}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
          />
          {refusal !== null && (
            <p role="alert" className="cf-refusal">
              {refusal}
            </p>
          )}
          <Button type="submit" loading={isBusy} fullWidth>
            {t('signIn.submit')}
          </Button>
          {console.demo && (
            <Button
              variant="default"
              fullWidth
              disabled={isBusy}
              onClick={() => void send(() => api.POST('/api/v1/session/demo'))}
            >
              {t('signIn.demo')}
            </Button>
          )}
          <p className="cf-hint">{t('signIn.hint')}</p>
        </Form>
      </main>
      <footer className="cf-hint">{t('app.version', { version: console.version })}</footer>
    </div>
  )
}
