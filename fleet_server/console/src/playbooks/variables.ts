/** What a playbook can be told, and what it has been told so far. */
import { isProblem, type Schemas } from '../api/client'

export type Playbook = Schemas['PlaybookOut']
export type Option = Playbook['options'][number]
type Json = Schemas['JsonValue']

/** By name; what is left out keeps its default, undefined is written and cannot be read. */
export type Variables = Readonly<Record<string, Json | undefined>>

export type Entry = 'choice' | 'switch' | 'number' | 'words' | 'text' | 'yaml'

const PLAIN: ReadonlySet<string> = new Set(['str', 'path', 'int', 'float'])
const DEEP: ReadonlySet<string> = new Set(['dict', 'raw', 'json', 'jsonarg'])

/** How an option is filled in. */
export function entryOf({ type, elements, choices }: Option): Entry {
  if (type === 'list') return PLAIN.has(elements) ? 'words' : 'yaml'
  if (DEEP.has(type)) return 'yaml'
  if (choices.length > 0) return 'choice'
  if (type === 'bool') return 'switch'
  return type === 'int' || type === 'float' ? 'number' : 'text'
}

/** Whether an option lacks its value, or has one that cannot be read. */
export function isLacking(option: Option, variables: Variables): boolean {
  return option.name in variables ? variables[option.name] === undefined : option.is_required
}

/** Whether a playbook can be sent so; the server looks at all of it again. */
export function areRight(playbook: Playbook | undefined, variables: Variables): boolean {
  return !playbook?.options.some((option) => isLacking(option, variables))
}

/** With another value; null leaves it out. */
export function withValue(variables: Variables, name: string, value: Json | undefined): Variables {
  const { [name]: _, ...others } = variables
  return value === null ? others : { ...others, [name]: value }
}

/** As people write them: `name=value`. */
export function asText(variables: Variables): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ')
}

/** The option that the server's answer is about; null when it is about none. */
export function faultIn(playbook: Playbook | undefined, error: unknown): string | null {
  if (!isProblem(error)) return null
  const named = playbook?.options.find((one) => one.name === error.facts.variable)
  return named?.name ?? null
}
