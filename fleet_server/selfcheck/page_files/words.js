// Every sentence of the page that the server does not say, in both languages.
// @ts-check

/** @typedef {'zh-CN' | 'en'} Language */

const ZH = {
  title: '现场自检',
  intro: '逐项检查设备。结果送交法院，作为本点能否开展业务的依据。',
  who: '检查人姓名',
  whoMissing: '请先填写检查人姓名。',
  seat: '到岗身份',
  noSeat: '不登记到岗',
  try: '检查',
  again: '重新检查',
  send: '提交结果',
  sent: '已提交：通过 {passed} 项，失败 {failed} 项，未允许 {refused} 项，跳过 {skipped} 项。',
  sentNote: '结果会过期，开展业务前请再检查一次。',
  now: '现在能办的业务',
  loading: '正在读取…',
  noKey: '链接不完整：请使用法院提供的完整链接或二维码。',
  lost: '无法连接服务器，请检查网络后重试。',
  steps: '检查项目',
  link: '网络',
  linkFound: '下行 {down}、上行 {up} Mbit/s，往返 {rtt} 毫秒',
  waiting: '未检查',
  running: '检查中…',
  passed: '通过',
  failed: '未通过',
  refused: '未允许',
  skipped: '跳过',
  not_allowed: '浏览器或使用者未允许使用',
  not_tried: '未检查',
  not_supported: '此浏览器不支持',
  insecure_page: '页面未经 https 打开，浏览器不提供摄像头和话筒',
  old_file: '文件不是刚才生成的，请现场扫描一页',
  not_found: '未找到',
  not_answering: '无应答',
  picture_black: '画面全黑',
  picture_frozen: '画面冻结',
  hung: '打不开，可能被其他程序占用',
  silent: '没有声音',
  paper_out: '缺纸',
  toner_out: '墨粉用尽',
  jammed: '卡纸',
  blocked: '被拦截',
  fault: '平台自身异常',
  which: '选择设备',
  speak: '请说话',
  heard: '听到了',
  tone: '刚才播放了一秒提示音，听到了吗？',
  file: '请现场扫描或拍摄一页，再选择生成的文件。',
  print: '已发送测试页，打印出来了吗？',
  printed: '打印正常',
  sheet: '测试页',
  open: '打开',
  opened: '打开后显示正常吗？',
  usable: '正常',
  look: '请查看并试用。',
  there: '有，能用',
}

/** @type {Record<Word, string>} */
const EN = {
  title: 'Self-check',
  intro:
    'Check one thing after the other. The court gets the result, and knows by it what can be done here.',
  who: 'Your name',
  whoMissing: 'Enter your name first.',
  seat: 'You are here as',
  noSeat: 'none of these',
  try: 'Check',
  again: 'Check again',
  send: 'Send the result',
  sent: 'Sent: {passed} passed, {failed} failed, {refused} not allowed, {skipped} skipped.',
  sentNote: 'This grows old: check again before the next service.',
  now: 'What can be done here now',
  loading: 'Loading…',
  noKey: 'The link is not complete: use the whole link, or the QR code, that the court gave you.',
  lost: 'The server does not answer: look at the network, then try again.',
  steps: 'To be checked',
  link: 'Network',
  linkFound: '{down} Mbit/s down, {up} up, round trip {rtt} ms',
  waiting: 'Not checked',
  running: 'Checking…',
  passed: 'Passed',
  failed: 'Failed',
  refused: 'Not allowed',
  skipped: 'Skipped',
  not_allowed: 'the browser, or somebody, did not allow it',
  not_tried: 'not checked',
  not_supported: 'this browser cannot do it',
  insecure_page: 'browsers give no camera or microphone to a page without https',
  old_file: 'the file was not made just now: scan a sheet',
  not_found: 'not found',
  not_answering: 'does not answer',
  picture_black: 'picture is black',
  picture_frozen: 'picture is frozen',
  hung: 'cannot be opened; perhaps another program uses it',
  silent: 'no sound',
  paper_out: 'out of paper',
  toner_out: 'out of toner',
  jammed: 'paper is jammed',
  blocked: 'blocked on the way',
  fault: 'has an error of its own',
  which: 'Which one',
  speak: 'Say something',
  heard: 'Heard it',
  tone: 'A tone was played for a second. Did you hear it?',
  file: 'Scan or photograph a sheet now, then choose its file.',
  print: 'A test page was sent. Did it come out?',
  printed: 'It came out well',
  sheet: 'Test page',
  open: 'Open',
  opened: 'Does it open as it should?',
  usable: 'It does',
  look: 'Look at it, and try it.',
  there: 'There, and works',
}

/** @typedef {keyof typeof ZH} Word */

const KEPT = 'courtfleet.language'

/** @type {Language} */
export let language = kept() ?? (navigator.language.startsWith('zh') ? 'zh-CN' : 'en')
document.documentElement.lang = language

/** @returns {Language | null} */
function kept() {
  const found = localStorage.getItem(KEPT)
  return found === 'zh-CN' || found === 'en' ? found : null
}

export function switchLanguage() {
  language = language === 'en' ? 'zh-CN' : 'en'
  localStorage.setItem(KEPT, language)
  document.documentElement.lang = language
}

/**
 * A sentence with its facts.
 * @param {Word} word
 * @param {Record<string, string | number>} facts
 */
export function say(word, facts = {}) {
  const text = (language === 'en' ? EN : ZH)[word]
  return text.replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? '?'))
}
