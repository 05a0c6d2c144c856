/** What all screens but the first say in English: loaded with the first of them. */
import { assets } from './assets.en'
import { courts } from './courts.en'
import { ledger } from './ledger.en'
import type { words as zh } from './screens.zh-CN'
import type { Words } from './words'

export const words: Words<typeof zh> = { assets, courts, ledger }
