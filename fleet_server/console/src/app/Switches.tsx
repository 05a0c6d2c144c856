import { ActionIcon, useMantineColorScheme } from '@mantine/core'
import { IconMoon, IconSun } from '@tabler/icons-react'
import { type Language, useWords } from '../words'

/** Each language is named in itself: whoever needs it can read it. */
const LANGUAGES: { value: Language; label: string }[] = [
  { value: 'zh-CN', label: '中文' },
  { value: 'en', label: 'EN' },
]

export function LanguageSwitch() {
  const { t, language, setLanguage } = useWords()
  return (
    <fieldset className="cf-language">
      <legend className="cf-unseen">{t('app.language')}</legend>
      {LANGUAGES.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          lang={value}
          aria-pressed={language === value}
          onClick={() => setLanguage(value)}
        >
          {label}
        </button>
      ))}
    </fieldset>
  )
}

export function ThemeSwitch() {
  const { t } = useWords()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const isDark = colorScheme !== 'light'
  const title = isDark ? t('app.themeLight') : t('app.themeDark')
  return (
    <ActionIcon
      className="cf-theme"
      variant="default"
      size={28}
      aria-label={title}
      title={title}
      onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
    >
      {isDark ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
    </ActionIcon>
  )
}
