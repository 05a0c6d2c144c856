// The page's dialogs: who acts, and what they mean to do.
// @ts-check

import { button, h, named, toast } from './parts.js'
import { pick, say, sayCode } from './words.js'

/** @typedef {import("./view").Scene} Scene */
/** @typedef {import("./view").View} View */
/** @typedef {import("./view").Answer} Answer */

const place = () => /** @type {HTMLDialogElement} */ (document.getElementById('dialog'))

/** What follows when somebody leaves the dialog without an answer. The event "close" comes too
 * late for that: by then the next dialog may be open. */
let onGivingUp = () => {}

/**
 * Show a dialog; it is closed by its own buttons, by Escape, or by the next one.
 * @param {string} title
 * @param {(Node | string | null)[]} children
 */
function open(title, ...children) {
  const dialog = place()
  dialog.replaceChildren(
    h('h2', { id: 'dialog-title' }, title),
    ...children.filter((child) => child != null),
  )
  onGivingUp = () => {}
  dialog.oncancel = () => onGivingUp()
  if (!dialog.open) dialog.showModal()
  return dialog
}

const close = () => place().close()

const giveUp = () => {
  close()
  onGivingUp()
}

/** Whether a dialog is open. */
export const isAsking = () => place().open

/** @param {Node[]} buttons */
const choices = (...buttons) => h('div', { class: 'choices' }, ...buttons)

/** @param {Node[]} buttons */
const foot = (...buttons) =>
  h('div', { class: 'row foot' }, button(say('cancel'), giveUp, { key: 'cancel' }), ...buttons)

/** @param {Scene} scene */
export function askService(scene) {
  /** @param {string} service */
  const begin = (service) => {
    close()
    scene.act({ act: 'begin', service })
  }
  open(
    say('whichService'),
    choices(
      ...scene.view.services.map((one) =>
        button(pick(one, one.verdict.service), () => begin(one.verdict.service)),
      ),
      button(say('otherService'), () => begin('')),
    ),
    foot(),
  )
}

/** @param {Scene} scene */
export function confirmEnd(scene) {
  open(
    say('endSure'),
    h('p', {}, say('endNote')),
    foot(
      button(
        say('end'),
        () => {
          close()
          scene.act({ act: 'end' })
        },
        { class: 'session' },
      ),
    ),
  )
}

/**
 * Enter sends, unless it ends the composing of a word. Nothing else may come of that key: the button
 * that opened the dialog has the keyboard again when it is closed.
 * @param {HTMLInputElement} input
 * @param {() => void} send
 */
function onEnter(input, send) {
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    send()
  })
}

/** @param {Scene} scene */
export const askOverride = (scene) =>
  askReason(scene, 'override', say('overrideSure'), say('overrideNote'))

/** @param {Scene} scene */
export const askWork = (scene) => askReason(scene, 'work', say('workSure'), say('workNote'))

/**
 * @param {Scene} scene
 * @param {string} act
 * @param {string} title
 * @param {string} note
 */
function askReason(scene, act, title, note) {
  const input = h('input', { id: 'reason', maxlength: 64, required: true, autocomplete: 'off' })
  const send = () => {
    const why = input.value.trim()
    if (!why) {
      toast(say('no_reason'), true)
      input.focus()
      return
    }
    close()
    scene.act({ act, why })
  }
  onEnter(input, send)
  open(
    title,
    h('p', {}, note),
    h('label', { for: 'reason' }, say('reason')),
    input,
    foot(button(title, send, { class: 'danger' })),
  )
  input.focus()
}

/** @param {Scene} scene */
export async function askSeat(scene) {
  scene.me ??= await signIn(scene)
  const { me } = scene
  if (!me) return
  const mine = scene.view.people.find((one) => one.id === me.who)?.seats ?? []
  open(
    say('whichSeat'),
    mine.length === 0 ? h('p', {}, say('noSeats')) : null,
    choices(
      ...mine.map((seat) =>
        button(named(scene.names, 'seats', seat), () => {
          close()
          scene.act({ act: 'take_seat', seat })
        }),
      ),
    ),
    foot(
      button(
        say('another'),
        async () => {
          scene.me = null
          if (await signIn(scene)) askSeat(scene)
        },
        { key: 'another' },
      ),
    ),
  )
}

/** @param {Scene} scene */
export function askCheck(scene) {
  const { items } = scene.view
  /** @type {Record<string, boolean>} */
  const looked = {}
  const rows = items.map((item) =>
    h(
      'fieldset',
      {},
      h('legend', {}, pick(item, item.name)),
      ...[
        { word: say('there'), value: true },
        { word: say('missing'), value: false },
        { word: say('notLooked'), value: null },
      ].map(({ word, value }) =>
        h(
          'label',
          {},
          h('input', {
            type: 'radio',
            name: item.name,
            checked: value === null,
            onchange: () => {
              if (value === null) delete looked[item.name]
              else looked[item.name] = value
            },
          }),
          h('span', {}, word),
        ),
      ),
    ),
  )
  open(
    say('checkNow'),
    h('p', {}, say('checkHint')),
    items.length > 0 ? h('p', {}, say('itemsFirst')) : null,
    h('div', { class: 'items' }, ...rows),
    foot(
      button(
        say('startCheck'),
        () => {
          close()
          scene.act({ act: 'check', items: looked })
        },
        { class: 'primary', key: 'start' },
      ),
    ),
  )
}

/**
 * Ask who is there, and for the PIN. What they become for the agent, or null when they gave up.
 * @param {Scene} scene
 * @returns {Promise<import("./view").Me | null>}
 */
export function signIn(scene) {
  return new Promise((resolve) => {
    const { people } = scene.view
    open(
      say('signIn'),
      people.length === 0 ? h('p', {}, say('noPeople')) : null,
      choices(
        ...people.map((person) =>
          button(person.name, () => askPin(person, resolve), { key: person.id }),
        ),
      ),
      foot(),
    )
    onGivingUp = () => resolve(null)
  })
}

/**
 * @param {View["people"][number]} person
 * @param {(me: import("./view").Me | null) => void} resolve
 */
function askPin(person, resolve) {
  const input = h('input', {
    id: 'pin',
    type: 'password',
    inputmode: 'numeric',
    autocomplete: 'off',
    maxlength: 32,
  })
  const said = h('p', { class: 'bad', role: 'alert' })
  const ok = button(say('ok'), () => send(), { class: 'primary' })
  const send = async () => {
    if (!input.value || ok.disabled) return
    ok.disabled = true
    const answer = await post('/api/sign-in', { who: person.id, pin: input.value }, null)
    ok.disabled = false
    input.value = ''
    if (answer.status === 200 && answer.me) {
      close()
      resolve(answer.me)
      return
    }
    said.textContent = sayCode(answer.code, { seconds: answer.seconds })
    input.focus()
  }
  onEnter(input, send)
  /** @param {string} digit */
  const key = (digit) =>
    button(digit, () => {
      input.value += digit
    })
  open(
    person.name,
    h('label', { for: 'pin' }, say('enterPin')),
    input,
    said,
    h(
      'div',
      { class: 'pad' },
      ...['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key),
      button(say('clear'), () => {
        input.value = ''
      }),
      key('0'),
      ok,
    ),
    foot(),
  )
  onGivingUp = () => resolve(null)
  input.focus()
}

/**
 * Ask the agent for something; status 0: it did not answer.
 * @param {string} path
 * @param {object} body
 * @param {string | null} token
 * @returns {Promise<Answer & { me?: import("./view").Me }>}
 */
export async function post(path, body, token) {
  try {
    const answer = await fetch(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token ? { 'X-Courtfleet-Token': token } : {}),
      },
      body: JSON.stringify(body),
    })
    const said = await answer.json()
    return {
      status: answer.status,
      code: said.code ?? '',
      seconds: said.seconds ?? 0,
      me: said.token ? said : undefined,
    }
  } catch {
    return { status: 0, code: 'busy', seconds: 0 }
  }
}
