/** What the first screen says in English. */
import type { words as zh } from './all.zh-CN'
import { frame } from './en'
import { overview } from './overview.en'
import { readiness } from './readiness.en'
import type { Words } from './words'

export const words: Words<typeof zh> = { ...frame, overview, readiness }
