import type { waking as zh } from './waking.zh-CN'
import type { Words } from './words'

export const waking: Words<typeof zh> = {
  title: 'Wake-up checks',
  note: 'Asked at {{at}}; {{well}} of {{all}} have checked themselves and are well.',
}
