/** Variables of a playbook as a person writes them: `name=value`, one a line. */
import type { Schemas } from '../api/client'

/** The first line that is none, null when all are. */
export function wrongLine(text: string): string | null {
  return lines(text).find((line) => !/^[^=\s]+\s*=/.test(line)) ?? null
}

/** JSON where a value is some, else its text. */
export function variablesOf(text: string): Record<string, Schemas['JsonValue']> {
  return Object.fromEntries(
    lines(text).map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at).trim(), jsonOr(line.slice(at + 1).trim())]
    }),
  )
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

function jsonOr(text: string): Schemas['JsonValue'] {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
