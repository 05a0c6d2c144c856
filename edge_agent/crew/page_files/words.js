// Every sentence of the page that is not shared with the centre, in both languages.
// @ts-check

/** @typedef {import("./view").Language} Language */

const ZH = {
  title: '现场页面',
  ready: '现在能办的业务',
  readyCount: '{n} / {all} 项业务就绪',
  noServices: '尚未收到业务目录。连接中心后自动下发。',
  why: '原因',
  more: '其他原因 ({n})',
  checkNow: '发车前检查',
  checkHint: '90 秒内检查全部设备、平台和链路',
  checking: '正在检查',
  checkOf: '{n} / {all}',
  lastCheck: '上次检查',
  neverChecked: '尚未检查过',
  checkedBy: '{who}，{at}，用时 {seconds} 秒',
  startCheck: '开始检查',
  itemsFirst: '先核对实物',
  there: '有',
  missing: '缺',
  notLooked: '未查',
  passed: '通过',
  failed: '未通过',
  skipped: '跳过',
  running: '进行中',
  waiting: '等待',
  linkStep: '链路',
  print: '打印结果',
  signature: '签字',
  begin: '开始庭审',
  end: '结束庭审',
  takeOver: '由我接管',
  override: '强制解除',
  inSitting: '庭审中',
  leaseLeft: '锁定剩余 {time}',
  leaseOver: '锁定期已过，安静 15 分钟后自动解除',
  ownerCrew: '由 {who} 开始',
  ownerDay: '按日程开始',
  ownerRecording: '检测到摄像机或话筒正在使用',
  free: '未在庭审',
  whichService: '开始哪项业务？',
  otherService: '其他',
  endSure: '确认庭审已结束？',
  endNote: '结束后，更新和测试可能随时进行。',
  overrideSure: '强制解除庭审锁定',
  overrideNote: '解除者和理由将记入日志。',
  reason: '理由',
  work: '开始维护',
  workOver: '结束维护',
  inWork: '维护中，不能开始庭审',
  workBy: '{who}：{why}',
  workOrdered: '正在执行中心指令：{what}',
  workSure: '开始维护',
  workNote: '维护期间不能开始庭审。',
  here: '到岗人员',
  nobodyHere: '无人到岗登记',
  iAmHere: '登记到岗',
  whichSeat: '以什么身份到岗？',
  noSeats: '名单中没有为您设定岗位。',
  leave: '离岗',
  signIn: '您是谁？',
  noPeople: '尚未收到人员名单，或无人设置 PIN。只能查看。',
  enterPin: '请输入 PIN',
  signedIn: '以 {who} 身份操作',
  signOut: '退出',
  another: '换人',
  clear: '清除',
  ok: '确定',
  cancel: '取消',
  done: '已完成',
  link: '链路',
  linkOpen: '已连接中心',
  linkOff: '未连接',
  linkHold: '已连接，中心暂停接收',
  linkRefused: '中心拒绝接收',
  notMeasured: '未测量',
  unsure: '部分未测',
  waitingRecords: '待发 {reports} 条上报、{events} 条事件',
  nothingWaits: '没有待发记录',
  next: '下一安排',
  nothingNext: '没有安排',
  devices: '设备',
  platforms: '平台',
  items: '实物',
  noProfile: '尚未收到装备档案。连接中心后自动下发。',
  neverSeen: '未查看',
  optional: '选配',
  tick: '已核对：有',
  goodUntil: '有效至 {at}',
  expired: '已过期',
  ago: '{age}前',
  now: '刚刚',
  seconds: '{n} 秒',
  minutes: '{n} 分钟',
  hours: '{n} 小时',
  days: '{n} 天',
  diskFull: '磁盘已满：操作仍然有效，但断电会丢失。',
  noClock: '时钟未校准：未获卫星、网络或中心的时间。',
  lost: '代理没有应答，以下内容可能已过时。',
  starting: '代理正在启动。',
  language: 'English',
  dark: '深色',
  light: '浅色',
  wrong_pin: 'PIN 不正确。',
  wait: '尝试次数过多，请 {seconds} 秒后再试。',
  busy: '代理正忙，请再试一次。',
  signed_out: '请重新输入 PIN。',
  not_understood: '页面与代理版本不一致，请刷新。',
  in_sitting: '庭审正在进行。',
  in_sitting_skipped: '庭审中，未打扰',
  not_quiet_skipped: '未满 15 分钟安静，未打扰',
  not_in_sitting: '没有正在进行的庭审。',
  in_maintenance: '正在维护，不能开始庭审。',
  not_in_maintenance: '没有正在进行的维护。',
  no_reason: '请填写理由。',
  not_their_seat: '名单中没有为此人设定该岗位。',
  unknown_service: '目录中没有这项业务。',
  check_running: '检查正在进行。',
  unwritten: '已生效，但磁盘已满，断电会丢失。',
}

/** @typedef {keyof typeof ZH} Word */

/** @type {Record<Word, string>} */
const EN = {
  title: 'Crew page',
  ready: 'What can be held',
  readyCount: '{n} of {all} services ready',
  noServices: 'No catalogue of services yet. It comes once the centre is reached.',
  why: 'Why',
  more: 'Other reasons ({n})',
  checkNow: 'Check now',
  checkHint: 'All devices, platforms and the link, within 90 s',
  checking: 'Checking',
  checkOf: '{n} of {all}',
  lastCheck: 'Last check',
  neverChecked: 'Never checked',
  checkedBy: '{who}, {at}, took {seconds} s',
  startCheck: 'Start',
  itemsFirst: 'First look at these things',
  there: 'There',
  missing: 'Missing',
  notLooked: 'Not looked',
  passed: 'Passed',
  failed: 'Failed',
  skipped: 'Skipped',
  running: 'Running',
  waiting: 'Waiting',
  linkStep: 'Link',
  print: 'Print the result',
  signature: 'Signature',
  begin: 'Sitting begins',
  end: 'Sitting ends',
  takeOver: 'Take it over',
  override: 'Break the lock',
  inSitting: 'In session',
  leaseLeft: 'locked for another {time}',
  leaseOver: 'The lease is over; 15 quiet minutes end it',
  ownerCrew: 'begun by {who}',
  ownerDay: "begun by the day's plan",
  ownerRecording: 'camera or microphone are in use',
  free: 'No sitting',
  whichService: 'Which service begins?',
  otherService: 'Something else',
  endSure: 'Is the sitting over?',
  endNote: 'Updates and tests may run at any time afterwards.',
  overrideSure: 'Break the sitting lock',
  overrideNote: 'Who did it, and why, goes into the journal.',
  reason: 'Reason',
  work: 'Begin maintenance',
  workOver: 'End maintenance',
  inWork: 'In maintenance: no sitting begins',
  workBy: '{who}: {why}',
  workOrdered: 'An order of the centre runs: {what}',
  workSure: 'Begin maintenance',
  workNote: 'No sitting can begin meanwhile.',
  here: 'Who is here',
  nobodyHere: 'Nobody has signed in',
  iAmHere: 'I am here',
  whichSeat: 'In which capacity?',
  noSeats: 'The list of people names no seat for you.',
  leave: 'Leave',
  signIn: 'Who are you?',
  noPeople: 'No list of people yet, or nobody has a PIN. You can look, but not act.',
  enterPin: 'Enter the PIN',
  signedIn: 'Acting as {who}',
  signOut: 'Sign out',
  another: 'Somebody else',
  clear: 'Clear',
  ok: 'OK',
  cancel: 'Cancel',
  done: 'Done',
  link: 'Link',
  linkOpen: 'Connected to the centre',
  linkOff: 'Not connected',
  linkHold: 'Connected, the centre asks to wait',
  linkRefused: 'The centre refuses messages',
  notMeasured: 'Not measured',
  unsure: 'in part measured',
  waitingRecords: '{reports} reports and {events} events wait',
  nothingWaits: 'Nothing waits to be sent',
  next: 'Next',
  nothingNext: 'Nothing is booked',
  devices: 'Devices',
  platforms: 'Platforms',
  items: 'Things',
  noProfile: 'No profile yet. It comes once the centre is reached.',
  neverSeen: 'Not looked at',
  optional: 'optional',
  tick: 'Looked, it is there',
  goodUntil: 'good until {at}',
  expired: 'too long ago',
  ago: '{age} ago',
  now: 'just now',
  seconds: '{n} s',
  minutes: '{n} min',
  hours: '{n} h',
  days: '{n} days',
  diskFull: 'The disk is full: acts count, but are lost when the power fails.',
  noClock: 'The clock is not set: no time from satellites, network or centre yet.',
  lost: 'The agent does not answer; what you see may be old.',
  starting: 'The agent is starting.',
  language: '中文',
  dark: 'Dark',
  light: 'Light',
  wrong_pin: 'The PIN is wrong.',
  wait: 'Too many tries. Try again in {seconds} s.',
  busy: 'The agent is busy. Try again.',
  signed_out: 'Enter the PIN again.',
  not_understood: "The page is not of the agent's version. Reload it.",
  in_sitting: 'A sitting is in progress.',
  in_sitting_skipped: 'not tried during a sitting',
  not_quiet_skipped: 'not tried, it was not quiet for 15 minutes',
  not_in_sitting: 'There is no sitting.',
  in_maintenance: 'In maintenance: no sitting can begin.',
  not_in_maintenance: 'There is no maintenance.',
  no_reason: 'Say why.',
  not_their_seat: 'The list of people does not name this seat for this person.',
  unknown_service: 'The catalogue has no such service.',
  check_running: 'A check is running.',
  unwritten: 'It counts, but the disk is full: it is lost when the power fails.',
}

const ALL = { 'zh-CN': ZH, en: EN }
const KEPT = 'courtfleet.language'

/** @type {Language} */
let language = chosen()

/** @returns {Language} */
function chosen() {
  const kept = localStorage.getItem(KEPT) ?? navigator.language
  return kept.startsWith('en') ? 'en' : 'zh-CN'
}

/** The language that people read now. */
export const spoken = () => language

/** Read the other language from now on. */
export function switchLanguage() {
  language = language === 'en' ? 'zh-CN' : 'en'
  localStorage.setItem(KEPT, language)
}

/**
 * A sentence, its facts filled in.
 * @param {Word} word
 * @param {Record<string, string | number>} facts
 */
export function say(word, facts = {}) {
  return ALL[language][word].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ''))
}

/**
 * What a code means; a code that this page does not know stays as it is.
 * @param {string} code
 * @param {Record<string, string | number>} facts
 */
export function sayCode(code, facts = {}) {
  return code in ZH ? say(/** @type {Word} */ (code), facts) : code
}

/**
 * The text of something that has both.
 * @param {{ zh: string, en: string } | undefined} both
 * @param {string} otherwise
 */
export function pick(both, otherwise = '') {
  return (language === 'en' ? both?.en : both?.zh) || otherwise
}

/**
 * How long ago, or how long still.
 * @param {number} milliseconds
 */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 90) return say('seconds', { n: seconds })
  if (seconds < 5400) return say('minutes', { n: Math.round(seconds / 60) })
  if (seconds < 172_800) return say('hours', { n: Math.round(seconds / 3600) })
  return say('days', { n: Math.round(seconds / 86_400) })
}

/**
 * An instant on the wall clock of the court.
 * @param {number} ms since 1970
 * @param {boolean} withYear for paper
 */
export function instant(ms, withYear = false) {
  return new Intl.DateTimeFormat(language, {
    timeZone: 'Asia/Shanghai',
    year: withYear ? 'numeric' : undefined,
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ms)
}
