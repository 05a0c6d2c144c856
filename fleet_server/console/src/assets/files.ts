/** Files that the server writes, in the language shown. */

import { useMutation } from '@tanstack/react-query'
import { languageNow } from '../words'

type Query = Readonly<Record<string, string | readonly string[] | undefined>>

export interface WantedFile {
  /** Behind `/api/v1`. */
  readonly path: string
  readonly query: Query
}

/** The address of a file of the API. Empty and absent parts are left out, lists are repeated. */
export function fileAddress({ path, query }: WantedFile): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const values = typeof value === 'string' ? [value] : (value ?? [])
    for (const one of values) if (one) params.append(name, one)
  }
  return `/api/v1${path}?${params}`
}

/**
 * Fetches a file and hands it to the browser to keep. Not a plain link: that would come in the
 * browser's language instead of the console's, and a refusal would be kept as if it were the file.
 */
export function useFile() {
  return useMutation({ mutationFn: keep })
}

async function keep(wanted: WantedFile): Promise<void> {
  const answer = await fetch(fileAddress(wanted), {
    headers: { 'accept-language': languageNow() },
  })
  if (!answer.ok) throw await answer.json()
  const link = document.createElement('a')
  link.href = URL.createObjectURL(await answer.blob())
  link.download = nameOf(answer.headers.get('content-disposition') ?? '')
  link.click()
  URL.revokeObjectURL(link.href)
}

/** The name that the server gave the file; RFC 6266, in UTF-8 when it is not plain. */
function nameOf(disposition: string): string {
  const encoded = /filename\*=(?:utf-8|UTF-8)''([^;]+)/.exec(disposition)?.[1]
  if (encoded !== undefined) return decodeURIComponent(encoded)
  return /filename="?([^";]+)"?/.exec(disposition)?.[1] ?? 'courtfleet'
}
