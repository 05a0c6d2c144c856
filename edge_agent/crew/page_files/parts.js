// Small pieces that every section is made of.
// @ts-check

import { duration, pick, say } from './words.js'

/** @typedef {import("./view").Names} Names */
/** @typedef {Node | string | null | false | undefined} Child */

/**
 * An element. A property that starts with "on" is a listener, `class` and the rest are attributes.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>} given
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, given = {}, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value)
    else if (value === true) made.setAttribute(name, '')
    else if (value !== false && value != null) made.setAttribute(name, String(value))
  }
  made.append(...children.filter((child) => child != null && child !== false).map(asNode))
  return made
}

/** @param {Child} child */
const asNode = (child) => /** @type {Node | string} */ (child)

/** How a state looks: a shape, a colour and a word, never a colour alone. */
const TONES = new Map([
  ['ready', 'ready'],
  ['ok', 'ready'],
  ['passed', 'ready'],
  ['limited', 'limited'],
  ['not_proven', 'limited'],
  ['not_ready', 'fault'],
  ['fault', 'fault'],
  ['absent', 'fault'],
  ['failed', 'fault'],
  ['not_answering', 'fault'],
  ['blocked', 'fault'],
])

/**
 * @param {string} state
 * @param {string} word
 */
export function status(state, word) {
  const tone = TONES.get(state) ?? 'offline'
  return h('span', { class: `status ${tone}` }, h('i', { 'aria-hidden': 'true' }), word)
}

/**
 * @param {string} text
 * @param {() => void} act
 * @param {{ class?: string, key?: string, disabled?: boolean, label?: string }} more
 */
export function button(text, act, more = {}) {
  return h(
    'button',
    {
      type: 'button',
      class: more.class ?? '',
      'data-key': more.key ?? text,
      'aria-label': more.label,
      title: more.label,
      disabled: more.disabled ?? false,
      onclick: act,
    },
    text,
  )
}

/**
 * @param {number | null | undefined} at
 * @param {number} now
 */
export function age(at, now) {
  if (at == null) return say('neverSeen')
  const past = now - at
  return past < 10_000 ? say('now') : say('ago', { age: duration(past) })
}

/**
 * The words of a closed list that agent and centre share.
 * @param {Names} names
 * @param {keyof Names} list
 * @param {string} code
 */
export const named = (names, list, code) => pick(names[list][code], code)

/**
 * Put new content in, unless it is what is there; whoever had the keyboard keeps it.
 * @param {string} id
 * @param {Child[]} children
 */
export function fill(id, ...children) {
  const old = /** @type {HTMLElement} */ (document.getElementById(id))
  const made = /** @type {HTMLElement} */ (old.cloneNode(false))
  made.append(...children.filter((child) => child != null && child !== false).map(asNode))
  made.hidden = made.childNodes.length === 0
  for (const details of old.querySelectorAll('details[open]')) {
    const key = details.getAttribute('data-key')
    made.querySelector(`details[data-key="${key}"]`)?.setAttribute('open', '')
  }
  if (old.isEqualNode(made)) return
  const focused = old.contains(document.activeElement)
    ? document.activeElement?.getAttribute('data-key')
    : null
  old.replaceWith(made)
  if (focused) {
    const again = made.querySelector(`[data-key="${CSS.escape(focused)}"]`)
    if (again instanceof HTMLElement) again.focus()
  }
}

let hiding = 0

/**
 * Say something for a while.
 * @param {string} text
 * @param {boolean} isBad
 */
export function toast(text, isBad = false) {
  const place = /** @type {HTMLElement} */ (document.getElementById('toast'))
  place.textContent = text
  place.className = isBad ? 'shown bad' : 'shown'
  clearTimeout(hiding)
  hiding = setTimeout(() => {
    place.className = ''
  }, 6000)
}
