// The self-check: what a clerk's browser can find out about a place where no agent runs.
// @ts-check

import { button, h, status, told } from './parts.js'
import { key, measureLink, Refused, readPlan, send } from './server.js'
import { Step } from './step.js'
import { failed, PASSED } from './trials.js'
import { language, say, switchLanguage } from './words.js'

/** @typedef {import("./plan").Plan} Plan */
/** @typedef {import("./plan").LinkFigures} LinkFigures */

const LOOK_AGAIN_MS = 3000
const NAME = 'courtfleet.selfcheck.name'
const main = element('main')
const began = performance.now()

/** The row of the link, which is measured without anybody's help. */
class LinkRow {
  /** @type {LinkFigures | null} */
  figures = null

  /** @param {number} most bytes at once */
  constructor(most) {
    this.most = most
    this.state = h('span', { class: 'came-to', role: 'status' })
    this.inside = h('div', { class: 'inside' })
    this.row = h('li', { 'data-step': 'link' }, h('b', {}, say('link')), this.state, this.inside)
  }

  async run() {
    this.state.replaceChildren(status('running', say('running')))
    this.inside.replaceChildren()
    this.figures = await measureLink(this.most).catch(() => null)
    this.state.replaceChildren(told(this.figures ? PASSED : failed('not_answering')))
    if (this.figures) this.inside.append(h('span', {}, say('linkFound', shown(this.figures))), ' ')
    const label = `${say('again')}: ${say('link')}`
    this.inside.append(button(say('again'), () => this.run(), { 'aria-label': label }))
  }
}

/** What somebody fills in, and sends. */
class Form {
  /** @param {Plan} plan */
  constructor(plan) {
    this.who = h('input', { id: 'who', maxlength: 40, autocomplete: 'name', required: true })
    this.who.value = localStorage.getItem(NAME) ?? ''
    this.seat = h(
      'select',
      { id: 'seat' },
      h('option', { value: '' }, say('noSeat')),
      ...plan.seats.map((one) => h('option', { value: one.seat }, one.label)),
    )
    this.link = new LinkRow(plan.most_bytes)
    /** @type {Map<string, number>} */
    const numbers = new Map()
    this.steps = plan.steps.map((planned) => {
      const number = numbers.get(planned.means) ?? 0
      numbers.set(planned.means, number + 1)
      return new Step(planned, number)
    })
    this.notice = h('p', { class: 'notice', role: 'status' })
    this.services = h('section', {}, ...verdicts(plan))
    this.finish = button(say('send'), () => this.send(), { class: 'send' })
  }

  draw() {
    main.replaceChildren(
      h('h1', {}, say('title')),
      h('p', {}, say('intro')),
      h('label', { for: 'who' }, say('who')),
      this.who,
      h('label', { for: 'seat' }, say('seat')),
      this.seat,
      h('h2', {}, say('steps')),
      h('ol', { class: 'steps' }, this.link.row, ...this.steps.map((step) => step.row)),
      this.finish,
      this.notice,
      this.services,
    )
    void this.link.run()
    void this.steps.find((step) => step.planned.means === 'webrtc')?.run()
  }

  async send() {
    const who = this.who.value.trim()
    if (who === '') {
      this.notice.textContent = say('whoMissing')
      this.who.focus()
      return
    }
    localStorage.setItem(NAME, who)
    this.finish.disabled = true
    try {
      const sums = await send(this.result(who))
      this.notice.replaceChildren(say('sent', { ...sums }), ' ', say('sentNote'))
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
      this.services.replaceChildren(...verdicts(await readPlan()))
    } catch (error) {
      this.notice.textContent = sentence(error)
    }
    this.finish.disabled = false
  }

  /** @param {string} who */
  result(who) {
    return {
      who,
      seat: this.seat.value || null,
      steps: this.steps.map(({ planned, found }) => ({ name: planned.name, ...found })),
      link: this.link.figures,
      took_seconds: Math.min(Math.round((performance.now() - began) / 1000), 7200),
    }
  }
}

/** @param {Plan} plan */
function verdicts(plan) {
  return [h('h2', {}, say('now')), h('ul', { class: 'services' }, ...plan.verdicts.map(verdict))]
}

/** @param {import("./plan").Verdict} one */
const verdict = (one) =>
  h(
    'li',
    { 'data-service': one.service },
    h('b', {}, one.label),
    status(one.readiness, one.word),
    h('small', {}, one.self_checked),
    ...one.reasons.map((reason) => h('p', {}, reason.sentence, ' ', h('small', {}, reason.remedy))),
  )

/** @param {LinkFigures} figures */
const shown = (figures) => ({
  down: (figures.down_bits_per_second / 1e6).toFixed(1),
  up: (figures.up_bits_per_second / 1e6).toFixed(1),
  rtt: Math.round(figures.rtt_seconds * 1000),
})

/** @param {unknown} error */
const sentence = (error) => (error instanceof Refused ? error.message : say('lost'))

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id))
}

async function begin() {
  const switcher = element('language')
  switcher.textContent = language === 'en' ? '中文' : 'English'
  document.title = say('title')
  if (key === '') {
    main.replaceChildren(h('h1', {}, say('title')), h('p', { class: 'notice' }, say('noKey')))
    return
  }
  main.replaceChildren(h('p', {}, say('loading')))
  try {
    const plan = await readPlan()
    const place = `${plan.name} (${plan.asset}) · ${plan.court}`
    element('place').textContent = place
    element('sheet').replaceChildren(h('b', {}, say('sheet')), h('p', {}, place))
    new Form(plan).draw()
  } catch (error) {
    main.replaceChildren(
      h('h1', {}, say('title')),
      h('p', { class: 'notice' }, sentence(error)),
      button(say('again'), begin),
    )
  }
}

element('language').addEventListener('click', () => {
  switchLanguage()
  void begin()
})
window.addEventListener('hashchange', () => location.reload())
void begin()
