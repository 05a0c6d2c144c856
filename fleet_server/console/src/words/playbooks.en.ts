import type { playbooks as zh } from './playbooks.zh-CN'
import type { Words } from './words'

export const playbooks: Words<typeof zh> = {
  playbook: 'Playbook',
  missing: 'Enter a playbook',
  variables: 'Variables',
  variablesHint: 'One a line: NAME=VALUE',
  wrong: '“{{line}}” is not NAME=VALUE',
  takes: 'Variables that it takes: {{n}}',
  required: 'required',
}
