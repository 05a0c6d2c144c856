// Asks the server, with the key that stands behind the # of the address and is never in a log.
// @ts-check

import { language } from './words.js'

/** @typedef {import("./plan").LinkFigures} LinkFigures */

const PATH = '/api/v1/self-check'
const TRIPS = 12
const FIRST_BYTES = 100_000
const AIM_SECONDS = 1.5

export const key = location.hash.slice(1)

/** The server said no; the message is its own sentence. */
export class Refused extends Error {}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init = {}) {
  const headers = { authorization: `Bearer ${key}`, 'accept-language': language, ...init.headers }
  const answer = await fetch(PATH + path, { ...init, headers, cache: 'no-store' })
  if (answer.ok) return answer
  const said = await answer.json().catch(() => null)
  throw new Refused(said?.detail ?? answer.statusText)
}

/** @returns {Promise<import("./plan").Plan>} */
export const readPlan = async () => (await ask('')).json()

/**
 * @param {unknown} result
 * @returns {Promise<import("./plan").Sums>}
 */
export async function send(result) {
  const headers = { 'content-type': 'application/json' }
  const answer = await ask('', { method: 'POST', body: JSON.stringify(result), headers })
  return answer.json()
}

/**
 * Round trip (p95), then both ways: a small piece first, so that the second lasts long enough to
 * mean something and not for ever.
 * @param {number} most bytes at once
 * @returns {Promise<LinkFigures>}
 */
export async function measureLink(most) {
  const trips = []
  for (let at = 0; at < TRIPS; at += 1) trips.push(await seconds(() => down(0)))
  trips.shift() // the first one opens the connection
  trips.sort((one, other) => one - other)
  return {
    rtt_seconds: trips[Math.ceil(trips.length * 0.95) - 1] ?? 0,
    down_bits_per_second: await rate(down, most),
    up_bits_per_second: await rate(up, most),
  }
}

/**
 * @param {(bytes: number) => Promise<void>} carry
 * @param {number} most
 */
async function rate(carry, most) {
  const first = FIRST_BYTES / (await seconds(() => carry(FIRST_BYTES)))
  const bytes = Math.round(Math.min(Math.max(first * AIM_SECONDS, FIRST_BYTES), most))
  return (8 * bytes) / (await seconds(() => carry(bytes)))
}

/** @param {number} bytes */
async function down(bytes) {
  await (await ask(`/bytes?count=${bytes}`)).arrayBuffer()
}

/** @param {number} bytes */
async function up(bytes) {
  const body = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536)
    crypto.getRandomValues(body.subarray(at, Math.min(at + 65_536, bytes)))
  await ask('/bytes', { method: 'POST', body })
}

/** @param {() => Promise<unknown>} what */
async function seconds(what) {
  const began = performance.now()
  await what()
  return Math.max(performance.now() - began, 0.1) / 1000
}
