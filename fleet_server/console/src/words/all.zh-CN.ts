/** Every word in Chinese: the pattern that English must fill. */
import { assets } from './assets.zh-CN'
import { courts } from './courts.zh-CN'
import { ledger } from './ledger.zh-CN'
import { overview } from './overview.zh-CN'
import { readiness } from './readiness.zh-CN'
import { frame } from './zh-CN'

export const words = { ...frame, assets, courts, ledger, overview, readiness } as const
