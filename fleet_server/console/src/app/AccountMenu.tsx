import { Menu } from '@mantine/core'
import { IconDeviceTv, IconLogout } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useWords } from '../words'
import { AccountButton } from './AccountButton'
import { useSession } from './session'

const WallLink = lazy(() => import('./wall/WallLink'))

/** The button's menu, open from the start: it is loaded by the first click. */
export default function AccountMenu() {
  const { t } = useWords()
  const { session, signOut } = useSession()
  const [isLinkOpen, setLinkOpen] = useState(false)
  const courts = session.courts === null ? t('app.allCourts') : session.courts.join('、')
  return (
    <>
      <Menu position="bottom-end" width={240} defaultOpened>
        <Menu.Target>
          <AccountButton />
        </Menu.Target>
        <Menu.Dropdown>
          <div className="cf-account">
            <strong>{session.name}</strong>
            <span>
              {t(`role.${session.role}`)} · {courts}
            </span>
          </div>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconDeviceTv size={15} aria-hidden />}
            onClick={() => setLinkOpen(true)}
          >
            {t('wall.make')}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconLogout size={15} aria-hidden />}
            onClick={() => void signOut()}
          >
            {t('app.signOut')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{isLinkOpen && <WallLink onClose={() => setLinkOpen(false)} />}</Suspense>
    </>
  )
}
