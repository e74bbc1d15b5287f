import { canonicalJson, parseEvent, type StatedLine, statementType, type VouchEvent } from '@vouch/domain'
import { isLeft } from 'fp-ts/lib/Either.js'

/** A line of a statement as it was read, or why it is none. */
export type ReadLine = {
  /** From 1: where it stands in the file. */
  readonly line: number
  readonly input: string
} & ({ readonly stated: StatedLine } | Unread)

export interface Unread {
  readonly field: string
  readonly reason: string
}

/** A file of which no line can be read. The message is a whole sentence. */
export class UnusableStatement extends Error {
  override readonly name = 'UnusableStatement'
}

/** How the fields of an event are called in a statement. */
const columnOf: Readonly<Record<string, string>> = {
  beneficiaryId: 'beneficiary_id',
  'amount.value': 'amount',
  'amount.currency': 'currency',
  'fee.value': 'fee',
  'fee.currency': 'currency',
  statementId: 'statement_id',
  lineId: 'line_id',
}

/**
 * Holds what a file says to the rules of events, and gives it as the log would keep it.
 * @param now ms since the epoch, UTC
 */
export function readStated(given: Readonly<Record<string, unknown>>, now: number): { stated: StatedLine } | Unread {
  // What stands for the rest is left out again.
  const data = JSON.parse(canonicalJson({ ...given, programId: '-' }))
  const time = new Date(now).toISOString()
  const parsed = parseEvent({ specversion: '1.0', id: '-', source: '-', type: statementType, time, data }, now)
  if (isLeft(parsed)) {
    const field = parsed.left.field.replace(/^data\./, '')
    return { field: columnOf[field] ?? field, reason: parsed.left.reason }
  }
  const { programId: _none, ...stated } = (parsed.right as Extract<VouchEvent, { type: typeof statementType }>).data
  const { date } = stated
  // What tables can hold.
  if (date < '1970-01-01' || date > '2149-06-06')
    return { field: 'date', reason: `is ${date}; write a day from 1970 on` }
  return { stated }
}
