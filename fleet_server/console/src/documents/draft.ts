/** A document while it is edited: as loose as what people type, until the server has looked at it. */

import { createContext, useContext } from 'react'
import type { Schemas } from '../api/client'

export type Table = { readonly [field: string]: unknown }
export type Problem = Schemas['FieldProblem']

export function tablesOf(table: Table, field: string): readonly Table[] {
  const value = table[field]
  return Array.isArray(value) ? (value as Table[]) : []
}

export function tableOf(table: Table, field: string): Table {
  const value = table[field]
  return typeof value === 'object' && value !== null ? (value as Table) : {}
}

export function textsOf(table: Table, field: string): string[] {
  const value = table[field]
  return Array.isArray(value) ? value.map(String) : []
}

export function textOf(table: Table, field: string): string {
  const value = table[field]
  return value === null || value === undefined ? '' : String(value)
}

/** Where a field stands, as the server writes it: `services[2].needs[0].kinds`. */
export function at(base: string, step: string | number): string {
  if (typeof step === 'number') return `${base}[${step}]`
  return base === '' ? step : `${base}.${step}`
}

export function isWithin(path: string, field: string): boolean {
  return field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`)
}

/** What the server found wrong with the draft, last it looked. */
export const Problems = createContext<readonly Problem[]>([])

/** What is wrong at a field; with what is below it, for a field that is no table. */
export function useProblems(path: string): readonly Problem[] {
  return useContext(Problems).filter((problem) => isWithin(path, problem.field))
}

/** What stands under a field: an error, or a doubt. */
export function useRemark(path: string): { error?: string; doubt?: string } {
  const found = useProblems(path)
  const error = found.find((one) => !one.is_warning)?.text
  const doubt = found.find((one) => one.is_warning)?.text
  return { ...(error !== undefined && { error }), ...(doubt !== undefined && { doubt }) }
}

/** The same list with one element changed. */
export function changed<T>(list: readonly T[], place: number, element: T): T[] {
  return list.map((one, here) => (here === place ? element : one))
}
