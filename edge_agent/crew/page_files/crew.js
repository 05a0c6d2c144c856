// The crew page: asks the agent what there is to show, and tells it what people do.
// @ts-check

import { isAsking, post, signIn } from './dialogs.js'
import { button, fill, h, toast } from './parts.js'
import { draw, person } from './sections.js'
import { instant, say, sayCode, spoken, switchLanguage } from './words.js'

/** @typedef {import("./view").Scene} Scene */
/** @typedef {import("./view").Act} Act */

const WATCH_MS = 2000
const WATCH_CHECK_MS = 500
const LOST_MS = 8000
const THEME = 'courtfleet.theme'

/** @type {Scene | null} */
let scene = firstScene()
let seenAt = performance.now()
let timer = 0

/**
 * What came with the page itself; null when the agent had nothing to show yet.
 * @returns {Scene | null}
 */
function firstScene() {
  const came = JSON.parse(document.getElementById('scene')?.textContent ?? 'null')
  return came && { ...came, me: null, act }
}

/**
 * Do something as somebody; whether it was done.
 * @param {Act} wanted
 * @returns {Promise<boolean>}
 */
async function act(wanted) {
  if (!scene) return false
  scene.me ??= await signIn(scene)
  if (!scene.me) return false
  const answer = await post('/api/act', wanted, scene.me.token)
  if (answer.status === 401) {
    scene.me = null
    toast(say('signed_out'))
    return act(wanted)
  }
  const isDone = answer.status === 200
  const done = say(wanted.act === 'check' ? 'checking' : 'done')
  toast(isDone ? done : sayCode(answer.code), !isDone)
  await look()
  return isDone
}

/** Ask for the latest view, draw it, and come again. */
async function look() {
  clearTimeout(timer)
  try {
    const [answer, named] = await Promise.all([
      fetch('/api/view'),
      scene ? null : fetch('/api/names'),
    ])
    const said = await answer.json()
    if (answer.ok) {
      seenAt = performance.now()
      const names = named ? await named.json() : scene?.names
      // One object for good: what was drawn before asks it for what is now.
      scene = Object.assign(scene ?? {}, { view: said.view, me: said.me, names, act })
    } else {
      warn(sayCode(said.code))
    }
  } catch {
    // The banner says it once the silence is long.
  }
  drawAll()
  clearTimeout(timer)
  timer = setTimeout(look, scene?.view.check ? WATCH_CHECK_MS : WATCH_MS)
}

function drawAll() {
  document.documentElement.lang = spoken()
  if (!scene) return
  document.title = `${scene.view.standing.asset} · ${say('title')}`
  drawTop(scene)
  drawBanner(scene)
  if (!isAsking()) draw(scene)
}

/** @param {Scene} now */
function drawTop(now) {
  const { standing } = now.view
  const { me } = now
  fill(
    'top',
    h('strong', { class: 'brand' }, 'Courtfleet'),
    h('span', { class: 'asset' }, standing.asset),
    h('span', { class: 'quiet clock' }, instant(standing.now_ms)),
    h('span', { class: 'grow' }),
    me &&
      h(
        'span',
        { class: 'me' },
        say('signedIn', { who: person(now, me.who) }),
        button(say('signOut'), signOut, { key: 'sign-out' }),
      ),
    button(say('language'), turnLanguage, { key: 'language' }),
    button('◐', turnTheme, { key: 'theme', label: isLight() ? say('dark') : say('light') }),
  )
}

/** @param {Scene} now */
function drawBanner(now) {
  const { standing } = now.view
  if (performance.now() - seenAt > LOST_MS) warn(say('lost'))
  else if (!standing.is_writable) warn(say('diskFull'))
  else if (standing.clock_trust === 'none') warn(say('noClock'))
  else warn('')
  document.body.classList.toggle('lost', performance.now() - seenAt > LOST_MS)
}

/** @param {string} text */
function warn(text) {
  const banner = /** @type {HTMLElement} */ (document.getElementById('banner'))
  if (banner.textContent !== text) banner.textContent = text
  banner.hidden = !text
}

async function signOut() {
  if (scene?.me) await post('/api/sign-out', {}, scene.me.token)
  await look()
}

function turnLanguage() {
  switchLanguage()
  drawAll()
}

function isLight() {
  const kept = document.documentElement.dataset.theme
  if (kept) return kept === 'light'
  return matchMedia('(prefers-color-scheme: light)').matches
}

function turnTheme() {
  const theme = isLight() ? 'dark' : 'light'
  localStorage.setItem(THEME, theme)
  document.documentElement.dataset.theme = theme
  drawAll()
}

const kept = localStorage.getItem(THEME)
if (kept) document.documentElement.dataset.theme = kept
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) look()
})
drawAll()
look()
