import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { type ComponentPropsWithRef, lazy, Suspense, useState } from 'react'
import { useWords } from '../words'

const AccountMenu = lazy(() => import('./AccountMenu'))

type Props = ActionIconProps & Omit<ComponentPropsWithRef<'button'>, keyof ActionIconProps>

export function AccountButton(props: Props) {
  const { t } = useWords()
  return (
    <ActionIcon variant="default" size={28} aria-label={t('app.account')} {...props}>
      <IconUser size={16} aria-hidden />
    </ActionIcon>
  )
}

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
