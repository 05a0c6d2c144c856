export const waking = {
  title: '唤醒检查',
  note: '{{at}} 通知，{{all}} 项资产中 {{well}} 项检查正常。',
}
