import { z } from 'zod'
import type { Row } from './template.ts'

const oneOrMore = z.union([z.string(), z.array(z.string()).min(1)], 'write a text or a list of texts')

/** What a column must be: a text, one of several, not one of several, or empty or not. */
export const conditionSchema = z.union(
  [
    oneOrMore,
    z.strictObject({ not: oneOrMore }),
    z.strictObject({ empty: z.enum(['true', 'false']).transform((text) => text === 'true') }),
  ],
  'write a text, a list of texts, { not: … }, or { empty: true or false }',
)

export type Condition = z.output<typeof conditionSchema>

/** @param columns index of each column in the row; it must have all that the conditions name */
export function bindConditions(
  conditions: Readonly<Record<string, Condition>>,
  columns: ReadonlyMap<string, number>,
): (row: Row) => boolean {
  const tests = Object.entries(conditions).map(([column, condition]) => {
    const index = columns.get(column) as number
    const test = bindCondition(condition)
    return (row: Row) => test(row.values[index] as string)
  })
  return (row) => tests.every((test) => test(row))
}

function bindCondition(condition: Condition): (value: string) => boolean {
  if (typeof condition === 'string' || Array.isArray(condition)) {
    const values = new Set([condition].flat())
    return (value) => values.has(value)
  }
  if ('not' in condition) {
    const values = new Set([condition.not].flat())
    return (value) => !values.has(value)
  }
  return (value) => (value.trim() === '') === condition.empty
}
