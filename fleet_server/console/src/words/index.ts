/** What the console says, in two languages. zh-CN is the pattern; `Words` makes en complete. */
import i18next, { type ParseKeys } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { words as zh } from './all.zh-CN'
import type { words as screens } from './screens.zh-CN'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof zh & typeof screens }
    returnNull: false
  }
}

export type Language = 'zh-CN' | 'en'
/** A key of a sentence, such as `overview.title`. */
export type WordKey = ParseKeys

const KEPT = 'courtfleet.language'

/** The language chosen here before, else the browser's, else Chinese. */
export function firstLanguage(kept: string | null, browser: readonly string[]): Language {
  if (kept === 'zh-CN' || kept === 'en') return kept
  const known = browser.map((tag) => tag.toLowerCase()).find((tag) => /^(zh|en)\b/.test(tag))
  return known?.startsWith('en') ? 'en' : 'zh-CN'
}

/** A browser loads the language it shows, and what it says behind the first screen with that. */
const LOAD = {
  first: { 'zh-CN': () => import('./all.zh-CN'), en: () => import('./all.en') },
  screens: { 'zh-CN': () => import('./screens.zh-CN'), en: () => import('./screens.en') },
} as const
type Part = keyof typeof LOAD

const wanted = new Set<Part>(['first'])
const loaded = new Set<string>()

async function load(language: Language): Promise<void> {
  await Promise.all([...wanted].map((part) => loadPart(part, language)))
}

async function loadPart(part: Part, language: Language): Promise<void> {
  const name = `${part} ${language}`
  if (loaded.has(name)) return
  const { words } = await LOAD[part][language]()
  i18next.addResourceBundle(language, 'translation', words, true)
  loaded.add(name)
}

/** Makes the words of the screens behind the first ready; wait for it before one is shown. */
export async function wantScreenWords(): Promise<void> {
  wanted.add('screens')
  await load(languageNow())
}

/** Makes the words ready; wait for it before the first screen. */
export async function startWords(): Promise<void> {
  const language = firstLanguage(localStorage.getItem(KEPT), navigator.languages)
  document.documentElement.lang = language
  await i18next.init({
    lng: language,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  })
  await load(language)
}

/** The language shown now, outside of components. */
export function languageNow(): Language {
  return i18next.language === 'en' ? 'en' : 'zh-CN'
}

/** Words outside of components; inside, `useWords` follows a change of language. */
export const say = i18next.t

async function changeLanguage(language: Language): Promise<void> {
  await load(language)
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
  await i18next.changeLanguage(language)
}

function setLanguage(language: Language): void {
  void changeLanguage(language)
}

/** `t('overview.title', { n })`, and the language. */
export function useWords() {
  const { t, i18n } = useTranslation(undefined, { i18n: i18next })
  const language: Language = i18n.language === 'en' ? 'en' : 'zh-CN'
  return { t, language, setLanguage }
}
