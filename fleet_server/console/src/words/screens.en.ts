/** What all screens but the first say in English: loaded with the first of them. */
import { assets } from './assets.en'
import { book } from './book.en'
import { configuration } from './configuration.en'
import { courts } from './courts.en'
import { documents } from './documents.en'
import { ledger } from './ledger.en'
import { orders } from './orders.en'
import { playbooks } from './playbooks.en'
import { rollouts } from './rollouts.en'
import type { words as zh } from './screens.zh-CN'
import { waking } from './waking.en'
import type { Words } from './words'

export const words: Words<typeof zh> = {
  assets,
  book,
  configuration,
  courts,
  documents,
  ledger,
  orders,
  playbooks,
  rollouts,
  waking,
}
