import { ActionIcon, type ActionIconProps } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import type { ComponentPropsWithRef } from 'react'
import { useWords } from '../words'

type Props = ActionIconProps & Omit<ComponentPropsWithRef<'button'>, keyof ActionIconProps>

export function AccountButton(props: Props) {
  const { t } = useWords()
  return (
    <ActionIcon variant="default" size={28} aria-label={t('app.account')} {...props}>
      <IconUser size={16} aria-hidden />
    </ActionIcon>
  )
}
