/** Sends a table to the server, to look at what it would change and then to do it. */

import { api, type Schemas } from '../api/client'

export type Preview = Schemas['PreviewOut']
export type PreviewRow = Preview['rows'][number]
export type Verdict = PreviewRow['verdict']
export type Applied = Schemas['ImportedOut']

export const VERDICTS = ['new', 'changed', 'unchanged', 'refused'] as const satisfies Verdict[]

export const ACCEPTED = '.xlsx,.csv,text/csv'

const BYTES = {
  headers: { 'content-type': 'application/octet-stream' },
  bodySerializer: (body: unknown) => body as BodyInit,
}

/** What applying the file would do, row by row. Throws what the server said against it. */
export async function preview(file: File): Promise<Preview> {
  const { data, error } = await api.POST('/api/v1/assets/import/preview', {
    params: { query: { filename: file.name } },
    body: file as unknown as string, // the description calls bytes a string
    ...BYTES,
  })
  if (data === undefined) throw error
  return data
}

/** Does what was previewed; a conflict when it would do something else by now. */
export async function apply(file: File, digest: string): Promise<Applied> {
  const { data, error } = await api.POST('/api/v1/assets/import', {
    params: { query: { filename: file.name, digest } },
    body: file as unknown as string,
    ...BYTES,
  })
  if (data === undefined) throw error
  return data
}
