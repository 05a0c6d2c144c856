/** How far an enrolment is: invited, seen, enrolled, first report. */

import type { Schemas } from '../api/client'

export type Enrolment = Schemas['EnrolmentOut']

export const STEPS = ['invited', 'seen', 'enrolled', 'reported'] as const
export type StepWord = (typeof STEPS)[number]

export interface Step {
  readonly word: StepWord
  readonly is: 'done' | 'waiting' | 'failed' | 'ahead'
  readonly at: string | null
}

/** The four steps in order; at most one waits or has failed. */
export function stepsOf(enrolment: Enrolment): Step[] {
  const at: Record<StepWord, string | null> = {
    invited: enrolment.invited_at,
    // A machine that enrolled at its first try was seen then.
    seen: enrolment.tried_at ?? enrolment.enrolled_at,
    enrolled: enrolment.enrolled_at,
    reported: enrolment.first_report_at,
  }
  const done = STEPS.filter((word) => isReached(word, enrolment))
  const hasFailed = enrolment.state === 'refused' || enrolment.state === 'expired'
  return STEPS.map((word, place) => {
    if (done.includes(word)) return { word, is: 'done', at: at[word] }
    const isNext = place === done.length
    if (isNext && hasFailed) return { word, is: 'failed', at: enrolment.tried_at }
    return { word, is: isNext ? 'waiting' : 'ahead', at: null }
  })
}

/** Whether nothing more will happen by itself: it reports, or was never invited. */
export function isSettled(enrolment: Enrolment): boolean {
  return enrolment.state === 'reporting' || enrolment.state === 'none'
}

function isReached(word: StepWord, enrolment: Enrolment): boolean {
  if (word === 'invited') return enrolment.state !== 'none'
  if (word === 'seen') return enrolment.tried_at !== null || isReached('enrolled', enrolment)
  if (word === 'enrolled') return ['enrolled', 'reporting'].includes(enrolment.state)
  return enrolment.state === 'reporting'
}
