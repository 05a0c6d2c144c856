/** What one version of a document says otherwise than another, field by field. */

export interface Difference {
  readonly field: string
  readonly before: string
  readonly after: string
}

const NOTHING = '–'

/** Entries of a list that have a name are told by it: `services.hearing.link`. */
export function differences(before: unknown, after: unknown): Difference[] {
  const old = flat(before)
  const fresh = flat(after)
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((field) => ({
      field,
      before: old.get(field) ?? NOTHING,
      after: fresh.get(field) ?? NOTHING,
    }))
    .filter((one) => one.before !== one.after)
}

function flat(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.some((one) => typeof one === 'object')) {
    value.forEach((one, place) => {
      flat(one, `${path}.${one?.name || one?.iccid || place}`, found)
    })
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      flat(inner, path === '' ? key : `${path}.${key}`, found)
    }
  } else {
    found.set(path, Array.isArray(value) ? value.join(', ') : String(value ?? NOTHING))
  }
  return found
}
