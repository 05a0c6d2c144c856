// Small pieces that the page is made of.
// @ts-check

import { say } from './words.js'

/** @typedef {Node | string | null | false | undefined} Child */
/** @typedef {import("./plan").Found} Found */

/**
 * An element. A property that starts with "on" is a listener, the rest are attributes.
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
  for (const child of children) if (child != null && child !== false) made.append(child)
  return made
}

/**
 * @param {string} text
 * @param {() => unknown} act
 * @param {Record<string, string>} more
 */
export const button = (text, act, more = {}) =>
  h('button', { type: 'button', onclick: () => void act(), ...more }, text)

const TONES = new Map([
  ['passed', 'ready'],
  ['ready', 'ready'],
  ['limited', 'limited'],
  ['not_proven', 'limited'],
  ['failed', 'fault'],
  ['not_ready', 'fault'],
])

/**
 * A shape, a colour and a word.
 * @param {string} state
 * @param {string} word
 */
export const status = (state, word) =>
  h(
    'span',
    { class: `status ${TONES.get(state) ?? 'offline'}` },
    h('i', { 'aria-hidden': 'true' }),
    word,
  )

/** @param {Found} found */
export const told = (found) =>
  h('span', {}, status(found.outcome, say(found.outcome)), ' ', found.fault && say(found.fault))
