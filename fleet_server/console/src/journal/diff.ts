/** What a change changed, field by field. */

export interface FieldChange {
  readonly field: string
  /** As JSON; null where the field was not there. */
  readonly before: string | null
  readonly after: string | null
  readonly isChanged: boolean
}

/** The fields of both sides in order of name; nested ones as `a.b`. */
export function changesOf(before: unknown, after: unknown): readonly FieldChange[] {
  const old = flat(before)
  const fresh = flat(after)
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort()
  return names.map((field) => {
    const was = old.get(field) ?? null
    const is = fresh.get(field) ?? null
    return { field, before: was, after: is, isChanged: was !== is }
  })
}

function flat(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (value === null || value === undefined) {
    if (path !== '') found.set(path, '–')
  } else if (typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      flat(inner, path === '' ? key : `${path}.${key}`, found)
    }
  } else {
    found.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  }
  return found
}
