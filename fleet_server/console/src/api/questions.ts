/** How long answers are kept, and which of them a change on the server makes old. */
import { type Query, QueryClient } from '@tanstack/react-query'
import { isProblem } from './client'

const SETTLE_MILLISECONDS = 800
const TRIES = 2

/** What grows by readings, not by changes of people. */
const READINGS = /history|track|trails|coverage|latest|glances|metrics$/

/** The client that every screen's questions share. */
export function makeQuestions(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        refetchOnWindowFocus: false,
        // The server has said no: asking again changes nothing.
        retry: (failures, error) => !isProblem(error) && failures < TRIES,
      },
    },
  })
}

/**
 * Whether a change of `subject` (`asset:veh-001`) may alter the answer to a question. Those about
 * the orders of an asset (`order:veh-001`) have its id in second place; those about the lines of
 * their plays (`lines:veh-001`) begin with that word.
 */
export function isTouched(key: readonly unknown[], subject: string): boolean {
  if (subject.startsWith('order:')) return subject === `order:${key[1]}`
  if (subject.startsWith('lines:')) return subject === `${key[0]}:${key[1]}`
  const asked = String(key[1] ?? key[0])
  if (READINGS.test(asked)) return false
  // Signing in and tokens are in the journal, and change nothing else that a screen shows.
  return subject.startsWith('account:') ? /journal|tokens/.test(asked) : true
}

/** Marks answers old once the changes settle: an import of 500 rows is one question, not 500. */
export function refresher(questions: QueryClient): (subject: string) => void {
  const subjects = new Set<string>()
  return (subject) => {
    subjects.add(subject)
    if (subjects.size > 1) return
    setTimeout(() => {
      const settled = [...subjects]
      subjects.clear()
      const predicate = (query: Query) => settled.some((one) => isTouched(query.queryKey, one))
      void questions.invalidateQueries({ predicate })
    }, SETTLE_MILLISECONDS)
  }
}
