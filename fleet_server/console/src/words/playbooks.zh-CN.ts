export const playbooks = {
  playbook: '剧本',
  missing: '请填写剧本',
  variables: '变量',
  variablesHint: '每行一个：名称=值',
  wrong: '“{{line}}”不是“名称=值”',
  takes: '可用变量：{{n}} 个',
  required: '必填',
} as const
