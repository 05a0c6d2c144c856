import type { playbooks as zh } from './playbooks.zh-CN'
import type { Words } from './words'

export const playbooks: Words<typeof zh> = {
  playbook: 'Playbook',
  missing: 'Enter a playbook',
  missingValue: 'Fill this in',
  wrong: 'Line {{line}} is no YAML',
}
