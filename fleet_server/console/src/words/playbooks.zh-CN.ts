export const playbooks = {
  playbook: '剧本',
  missing: '请填写剧本',
  missingValue: '请填写',
  wrong: '第 {{line}} 行不是 YAML',
} as const
