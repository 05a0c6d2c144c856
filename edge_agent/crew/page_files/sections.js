// The sections of the page, each made anew from a view.
// @ts-check

import { askCheck, askOverride, askSeat, askService, askWork, confirmEnd } from './dialogs.js'
import { age, button, fill, h, named, status } from './parts.js'
import { duration, instant, pick, say, sayCode, spoken } from './words.js'

/** @typedef {import("./view").Scene} Scene */
/** @typedef {import("./view").Step} Step */
/** @typedef {import("./view").CheckDone} CheckDone */

/** @param {Scene} scene */
export function draw(scene) {
  drawState(scene)
  drawActions(scene)
  drawServices(scene)
  drawSide(scene)
  drawCheck(scene)
  drawDevices(scene)
}

/**
 * @param {Scene} scene
 * @param {string} id
 */
export const person = (scene, id) => scene.view.people.find((one) => one.id === id)?.name ?? id

/**
 * @param {Scene} scene
 * @param {string} name
 */
function service(scene, name) {
  const found = scene.view.services.find((one) => one.verdict.service === name)
  return pick(found, name)
}

/** @param {Scene} scene */
function drawState(scene) {
  const { sitting, work } = scene.view
  if (work) {
    const said = work.who
      ? say('workBy', { who: person(scene, work.who), why: work.why })
      : say('workOrdered', { what: work.why })
    fill('state', h('div', { class: 'state work' }, h('b', {}, say('inWork')), h('span', {}, said)))
  } else if (sitting) {
    const owners = { crew: say('ownerCrew', { who: person(scene, sitting.who) }) }
    const owner = /** @type {Record<string, string>} */ ({
      ...owners,
      day: say('ownerDay'),
      recording: say('ownerRecording'),
    })
    const left =
      sitting.left_seconds > 0
        ? say('leaseLeft', { time: duration(sitting.left_seconds * 1000) })
        : say('leaseOver')
    const what = sitting.service ? ` · ${service(scene, sitting.service)}` : ''
    fill(
      'state',
      h(
        'div',
        { class: 'state session' },
        h('b', {}, say('inSitting') + what),
        h('span', {}, owner[sitting.owner] ?? sitting.owner),
        h('span', {}, left),
      ),
    )
  } else {
    fill('state')
  }
}

/** @param {Scene} scene */
function drawActions(scene) {
  const { sitting, work, check } = scene.view
  const isTheirs = sitting && sitting.owner !== 'crew'
  fill(
    'actions',
    button(say('checkNow'), () => askCheck(scene), {
      class: 'primary big',
      key: 'check',
      disabled: check != null,
    }),
    h('p', { class: 'quiet' }, say('checkHint')),
    sitting
      ? button(say('end'), () => confirmEnd(scene), { class: 'session big', key: 'end' })
      : button(say('begin'), () => askService(scene), {
          class: 'session big',
          key: 'begin',
          disabled: work != null,
        }),
    isTheirs && button(say('takeOver'), () => askService(scene), { key: 'take-over' }),
    h(
      'div',
      { class: 'row' },
      work
        ? button(say('workOver'), () => scene.act({ act: 'work_over' }), { key: 'work-over' })
        : button(say('work'), () => askWork(scene), { key: 'work', disabled: sitting != null }),
      sitting && button(say('override'), () => askOverride(scene), { key: 'override' }),
    ),
  )
}

/** @param {Scene} scene */
function drawServices(scene) {
  const { services } = scene.view
  const ready = services.filter((one) => one.verdict.readiness === 'ready').length
  const rows = services.map((one) => {
    const [worst, ...others] = one.told[spoken()]
    const state = one.verdict.readiness
    return h(
      'li',
      { class: 'service' },
      status(state, named(scene.names, 'readiness', state)),
      h(
        'div',
        {},
        h('b', {}, pick(one, one.verdict.service)),
        worst && h('p', {}, `${worst.reason} `, h('span', { class: 'quiet' }, worst.remedy)),
        others.length > 0 &&
          h(
            'details',
            { 'data-key': one.verdict.service },
            h(
              'summary',
              { 'data-key': `more-${one.verdict.service}` },
              say('more', { n: others.length }),
            ),
            ...others.map((told) =>
              h('p', {}, `${told.reason} `, h('span', { class: 'quiet' }, told.remedy)),
            ),
          ),
      ),
    )
  })
  fill(
    'services',
    h(
      'h2',
      {},
      say('ready'),
      services.length > 0 && h('small', {}, say('readyCount', { n: ready, all: services.length })),
    ),
    rows.length > 0 ? h('ul', {}, ...rows) : h('p', { class: 'quiet' }, say('noServices')),
  )
}

/** @param {Scene} scene */
function drawSide(scene) {
  fill('side', linkCard(scene), nextCard(scene), seatsCard(scene))
}

/** @param {Scene} scene */
function linkCard(scene) {
  const { standing, link } = scene.view
  const states = /** @type {Record<string, string>} */ ({
    open: say('linkOpen'),
    hold: say('linkHold'),
    refused: say('linkRefused'),
  })
  const isWell = standing.link === 'open' || standing.link === 'hold'
  const { waiting_reports: reports, waiting_events: events } = standing
  return h(
    'article',
    {},
    h('h2', {}, say('link')),
    h('p', {}, status(isWell ? 'ok' : 'fault', states[standing.link] ?? say('linkOff'))),
    h(
      'p',
      {},
      link
        ? `${named(scene.names, 'links', link.link_class)}${link.is_sure ? '' : ` (${say('unsure')})`} · ${age(link.at, standing.now_ms)}`
        : h('span', { class: 'quiet' }, say('notMeasured')),
    ),
    h(
      'p',
      { class: 'quiet' },
      reports + events > 0 ? say('waitingRecords', { reports, events }) : say('nothingWaits'),
    ),
  )
}

/** @param {Scene} scene */
function nextCard(scene) {
  const next = scene.view.next_booking
  return h(
    'article',
    {},
    h('h2', {}, say('next')),
    next
      ? h(
          'p',
          {},
          h('b', {}, service(scene, next.service)),
          h('br'),
          `${instant(next.begins_at)} – ${instant(next.ends_at)}`,
          next.place && h('br'),
          next.place,
        )
      : h('p', { class: 'quiet' }, say('nothingNext')),
  )
}

/** @param {Scene} scene */
function seatsCard(scene) {
  const { seated } = scene.view
  return h(
    'article',
    {},
    h('h2', {}, say('here')),
    seated.length === 0 && h('p', { class: 'quiet' }, say('nobodyHere')),
    h(
      'ul',
      { class: 'seats' },
      ...seated.map(({ who, seat }) =>
        h(
          'li',
          {},
          h('span', {}, h('b', {}, named(scene.names, 'seats', seat)), ` ${person(scene, who)}`),
          scene.me?.who === who &&
            button(say('leave'), () => scene.act({ act: 'leave_seat', seat }), {
              key: `leave-${seat}`,
            }),
        ),
      ),
    ),
    button(say('iAmHere'), () => askSeat(scene), { key: 'seat' }),
  )
}

/**
 * What a step of a check is called.
 * @param {Scene} scene
 * @param {string} name
 */
function stepTitle(scene, name) {
  const { devices, platforms, items } = scene.view
  const titled = [
    ...devices.map((one) => ({ ...one, key: one.name, also: one.kind })),
    ...platforms.map((one) => ({ ...one, key: `platform-${one.name}`, also: '' })),
    ...items.map((one) => ({ ...one, key: `item-${one.name}`, also: '' })),
  ].find((one) => one.key === name)
  if (name === 'link') return say('linkStep')
  return pick(titled, titled?.also ? named(scene.names, 'kinds', titled.also) : name)
}

/**
 * @param {Scene} scene
 * @param {string} fault
 */
function faultSaid(scene, fault) {
  if (!fault) return ''
  const skipped = `${fault}_skipped`
  const said = sayCode(skipped)
  return said === skipped ? named(scene.names, 'faults', fault) : said
}

/**
 * @param {Scene} scene
 * @param {Step[]} steps
 */
function stepList(scene, steps) {
  return h(
    'ol',
    { class: 'steps' },
    ...steps.map((step) => {
      const state = step.outcome ?? (step.is_running ? 'running' : 'waiting')
      const isMissing = step.name.startsWith('item-') && step.outcome === 'failed'
      const fault = isMissing ? say('missing') : faultSaid(scene, step.fault)
      return h(
        'li',
        {},
        status(state, sayCode(state)),
        h('span', {}, stepTitle(scene, step.name), fault && h('small', {}, ` ${fault}`)),
      )
    }),
  )
}

/** @param {Scene} scene */
function drawCheck(scene) {
  const { check, last_check: last, standing } = scene.view
  if (check) {
    const done = check.steps.filter((step) => step.outcome).length
    fill(
      'check',
      h('h2', {}, say('checking'), h('small', {}, `${check.took_seconds.toFixed(0)} s`)),
      h('progress', { max: check.steps.length, value: done, 'aria-label': say('checking') }),
      stepList(scene, check.steps),
    )
  } else if (last) {
    const { who, steps, took_seconds: seconds } = last.done
    const at = instant(last.at, true)
    fill(
      'check',
      h('h2', { class: 'no-print' }, say('lastCheck')),
      h('h2', { class: 'only-print' }, `${say('checkNow')} · ${standing.asset}`),
      h('p', {}, say('checkedBy', { who: person(scene, who), at, seconds: Math.round(seconds) })),
      stepList(scene, steps.map(asStep)),
      h('p', { class: 'only-print signature' }, say('signature')),
      button(say('print'), () => print(), { class: 'no-print', key: 'print' }),
    )
  } else {
    fill('check', h('h2', {}, say('lastCheck')), h('p', { class: 'quiet' }, say('neverChecked')))
  }
}

/**
 * @param {CheckDone["steps"][number]} step
 * @returns {Step}
 */
const asStep = ([name, outcome, fault]) => ({
  name,
  outcome: /** @type {Step["outcome"]} */ (outcome),
  fault: fault ?? '',
  is_running: false,
})

/** @param {Scene} scene */
function drawDevices(scene) {
  const { devices, platforms, items, standing } = scene.view
  const now = standing.now_ms
  const tiles = devices.map((one) => {
    const found = one.fact?.last
    const state = found?.state ?? 'unknown'
    const faults = (found?.faults ?? []).map((fault) => named(scene.names, 'faults', fault))
    const kind = named(scene.names, 'kinds', one.kind)
    const title = pick(one, kind)
    return tile(
      title + (one.is_optional ? ` (${say('optional')})` : ''),
      status(state, faults.join(' · ') || named(scene.names, 'states', state)),
      age(found?.at, now),
    )
  })
  const reached = platforms.map((one) => {
    const state = one.fact?.state ?? 'unknown'
    const word = one.fact ? named(scene.names, 'platforms', state) : say('neverSeen')
    return tile(pick(one, one.name), status(state, word), one.fact ? age(one.fact.at, now) : '')
  })
  fill(
    'devices',
    h('h2', {}, say('devices')),
    tiles.length > 0
      ? h('ul', { class: 'tiles' }, ...tiles)
      : h('p', { class: 'quiet' }, say('noProfile')),
    reached.length > 0 && h('h2', {}, say('platforms')),
    reached.length > 0 && h('ul', { class: 'tiles' }, ...reached),
    items.length > 0 && h('h2', {}, say('items')),
    items.length > 0 && h('ul', { class: 'tiles' }, ...items.map((one) => itemTile(scene, one))),
  )
}

/**
 * @param {Scene} scene
 * @param {import("./view").View["items"][number]} one
 */
function itemTile(scene, one) {
  const now = scene.view.standing.now_ms
  const isOld = one.good_until != null && one.good_until < now
  const state = !one.fact ? 'unknown' : !one.fact.is_there ? 'fault' : isOld ? 'limited' : 'ok'
  const word = !one.fact ? say('notLooked') : one.fact.is_there ? say('there') : say('missing')
  const until = isOld ? say('expired') : say('goodUntil', { at: instant(one.good_until ?? now) })
  return tile(
    pick(one, one.name),
    status(state, word),
    one.fact?.is_there ? until : '',
    state === 'ok'
      ? null
      : button(say('tick'), () => scene.act({ act: 'tick', items: [one.name] }), {
          key: `tick-${one.name}`,
        }),
  )
}

/**
 * @param {string} title
 * @param {Node} state
 * @param {string} note
 * @param {Node | null} action
 */
const tile = (title, state, note, action = null) =>
  h('li', {}, h('b', {}, title), state, h('small', { class: 'quiet' }, note), action)
