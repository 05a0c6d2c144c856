/** What the first screen says in Chinese: the pattern that English must fill. */
import { overview } from './overview.zh-CN'
import { readiness } from './readiness.zh-CN'
import { frame } from './zh-CN'

export const words = { ...frame, overview, readiness } as const
