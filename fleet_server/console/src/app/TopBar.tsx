import { ActionIcon } from '@mantine/core'
import { IconMenu2, IconSearch } from '@tabler/icons-react'
import type { Ref } from 'react'
import { useWords } from '../words'
import { Account } from './Account'
import { LanguageSwitch, ThemeSwitch } from './Switches'

interface Props {
  /** Where the screen puts its title and its buttons. */
  readonly titleRef: Ref<HTMLDivElement>
  readonly actionsRef: Ref<HTMLDivElement>
  readonly onNavigation: () => void
  readonly onSearch: () => void
}

export function TopBar({ titleRef, actionsRef, onNavigation, onSearch }: Props) {
  const { t } = useWords()
  return (
    <div className="cf-top">
      <ActionIcon
        className="cf-top-menu"
        variant="subtle"
        color="gray"
        size={32}
        aria-label={t('app.navigationOpen')}
        onClick={onNavigation}
      >
        <IconMenu2 size={18} aria-hidden />
      </ActionIcon>
      <div className="cf-top-title" ref={titleRef} />
      <div className="cf-top-actions" ref={actionsRef} />
      <button
        type="button"
        className="cf-top-search"
        onClick={onSearch}
        aria-keyshortcuts="Control+K"
      >
        <IconSearch size={15} aria-hidden />
        <span className="cf-top-search-word">{t('app.search')}</span>
        <span className="cf-key" aria-hidden="true">
          Ctrl K
        </span>
      </button>
      <div className="cf-top-tools">
        <LanguageSwitch />
        <ThemeSwitch />
        <Account />
      </div>
    </div>
  )
}
