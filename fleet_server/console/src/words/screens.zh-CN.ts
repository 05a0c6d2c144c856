/** What all screens but the first say in Chinese: loaded with the first of them. */
import { assets } from './assets.zh-CN'
import { courts } from './courts.zh-CN'
import { ledger } from './ledger.zh-CN'

export const words = { assets, courts, ledger } as const
