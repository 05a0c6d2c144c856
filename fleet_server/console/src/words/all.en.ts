/** Every word in English. */
import type { words as zh } from './all.zh-CN'
import { assets } from './assets.en'
import { courts } from './courts.en'
import { frame } from './en'
import { ledger } from './ledger.en'
import { overview } from './overview.en'
import { readiness } from './readiness.en'
import type { Words } from './words'

export const words: Words<typeof zh> = { ...frame, assets, courts, ledger, overview, readiness }
