/** What all screens but the first say in Chinese: loaded with the first of them. */
import { assets } from './assets.zh-CN'
import { book } from './book.zh-CN'
import { configuration } from './configuration.zh-CN'
import { courts } from './courts.zh-CN'
import { documents } from './documents.zh-CN'
import { ledger } from './ledger.zh-CN'
import { orders } from './orders.zh-CN'
import { playbooks } from './playbooks.zh-CN'
import { rollouts } from './rollouts.zh-CN'
import { waking } from './waking.zh-CN'

export const words = {
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
} as const
