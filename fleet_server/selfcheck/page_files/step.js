// One thing to be checked: its buttons, its questions, and what it came to.
// @ts-check

import { button, h, status, told } from './parts.js'
import {
  devices,
  failed,
  judgeFile,
  PASSED,
  playTone,
  skipped,
  tryCall,
  tryCamera,
  tryMicrophone,
} from './trials.js'
import { say } from './words.js'

/** @typedef {import("./plan").Found} Found */
/** @typedef {import("./plan").Fault} Fault */
/** @typedef {import("./plan").PlannedStep} PlannedStep */
/** @typedef {import("./words.js").Word} Word */

/** What a person can find wrong, by what they were asked. */
const WRONG = /** @type {const} */ ({
  speaker: ['silent'],
  print: ['paper_out', 'toner_out', 'jammed', 'not_answering'],
  open: ['not_answering', 'blocked', 'fault'],
  confirm: ['not_found', 'not_answering'],
})

/** A row of the list. */
export class Step {
  /** @type {Found} */
  found = skipped('not_tried')

  /** @type {string | undefined} */
  chosen

  /** @type {HTMLElement | undefined} */
  choice

  /**
   * @param {PlannedStep} planned
   * @param {number} number counts those of its means, from 0: the second camera is another one
   */
  constructor(planned, number) {
    this.planned = planned
    this.number = number
    this.state = h('span', { class: 'came-to', role: 'status' })
    this.inside = h('div', { class: 'inside' })
    this.row = h(
      'li',
      { 'data-step': planned.name },
      h('b', {}, planned.label),
      this.state,
      this.inside,
    )
    this.state.append(status('waiting', say('waiting')))
    this.offer(say('try'))
  }

  /** @param {string} text */
  offer(text) {
    const label = `${text}: ${this.planned.label}`
    const again = button(text, () => this.run(), { 'aria-label': label })
    this.inside.replaceChildren(again, ...(this.choice ? [this.choice] : []))
  }

  async run() {
    this.state.replaceChildren(status('running', say('running')))
    this.inside.replaceChildren()
    this.settle(await this.attempt())
  }

  /** @param {Found} found */
  settle(found) {
    this.found = found
    this.state.replaceChildren(told(found))
    this.offer(say('again'))
  }

  /** @returns {Promise<Found>} */
  async attempt() {
    switch (this.planned.means) {
      case 'camera':
        return this.lookThrough()
      case 'microphone':
        return this.listen()
      case 'speaker':
        await playTone()
        return this.askPerson('tone', 'heard', WRONG.speaker)
      case 'file':
        return this.takeFile()
      case 'print':
        print()
        return this.askPerson('print', 'printed', WRONG.print)
      case 'open':
        return this.askPerson('opened', 'usable', WRONG.open, this.door())
      case 'confirm':
        return this.askPerson('look', 'there', WRONG.confirm)
      case 'webrtc':
        return tryCall()
    }
  }

  async lookThrough() {
    const video = h('video', { muted: true, playsinline: true, 'aria-hidden': 'true' })
    video.muted = true
    this.inside.replaceChildren(video)
    return this.onEach('videoinput', (device) => tryCamera(video, device))
  }

  async listen() {
    const meter = h('meter', { min: 0, max: 1, 'aria-label': say('speak') })
    this.inside.replaceChildren(h('span', {}, say('speak'), ' ', meter))
    return this.onEach('audioinput', (device) =>
      tryMicrophone(device, (level) => {
        meter.value = level
      }),
    )
  }

  /**
   * The first time any device, since the browser names none before; then the one of this number,
   * or the one that somebody chose.
   * @param {MediaDeviceKind} kind
   * @param {(device: string) => Promise<Found>} attempt
   */
  async onEach(kind, attempt) {
    let known = await devices(kind)
    let wanted = this.chosen ?? known[this.number]?.deviceId ?? ''
    let found = await attempt(wanted)
    known = await devices(kind)
    if (wanted === '' && this.number > 0 && known.length > 0) {
      wanted = known[this.number]?.deviceId ?? ''
      found = wanted === '' ? failed('not_found') : await attempt(wanted)
    }
    this.choice = known.length > 1 ? this.choose(known, wanted) : undefined
    return found
  }

  /**
   * @param {MediaDeviceInfo[]} known
   * @param {string} wanted
   */
  choose(known, wanted) {
    const select = h(
      'select',
      {
        'aria-label': `${say('which')}: ${this.planned.label}`,
        onchange: () => {
          this.chosen = select.value
        },
      },
      ...known.map((one) =>
        h('option', { value: one.deviceId, selected: one.deviceId === wanted }, one.label),
      ),
    )
    return select
  }

  /** @returns {Promise<Found>} */
  takeFile() {
    return new Promise((resolve) => {
      const input = h('input', {
        type: 'file',
        accept: 'image/*,application/pdf',
        'aria-label': `${say('file')} ${this.planned.label}`,
        onchange: async () => {
          const file = input.files?.[0]
          if (file) resolve(await judgeFile(file))
        },
      })
      this.inside.replaceChildren(
        h('p', {}, say('file')),
        input,
        ...this.wrong(['not_found'], resolve),
      )
    })
  }

  door() {
    const given = { href: this.planned.url, target: '_blank', rel: 'noreferrer' }
    return h('a', given, `${say('open')} ${this.planned.url}`)
  }

  /**
   * @param {Word} question
   * @param {Word} yes
   * @param {readonly Fault[]} faults
   * @param {HTMLElement | null} more
   * @returns {Promise<Found>}
   */
  askPerson(question, yes, faults, more = null) {
    return new Promise((resolve) => {
      this.inside.replaceChildren(
        h('p', {}, say(question), ' ', more),
        button(say(yes), () => resolve(PASSED), { class: 'yes' }),
        ...this.wrong(faults, resolve),
      )
    })
  }

  /**
   * @param {readonly Fault[]} faults
   * @param {(found: Found) => void} resolve
   */
  wrong(faults, resolve) {
    return faults.map((fault) => button(say(fault), () => resolve(failed(fault))))
  }
}
