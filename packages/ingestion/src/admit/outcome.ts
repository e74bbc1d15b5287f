import { decodeEvent, type Rejection, toCloudEvent } from '@vouch/domain'
import type { EventToAppend, RecordedEvent } from '@vouch/event-store'

/** What became of one thing that was offered. None is silent. */
export type Outcome = Appended | Duplicate | Conflict | Rejected

export interface Appended {
  readonly outcome: 'appended'
  readonly id: string
  readonly position: bigint
}

export interface Duplicate {
  readonly outcome: 'duplicate'
  readonly id: string
  /** Where the log has it; for terms that equal a version, where it has that version. */
  readonly position: bigint
}

export interface Conflict {
  readonly outcome: 'conflict'
  readonly id: string
  readonly offered: EventToAppend
  readonly existing: RecordedEvent
  /** Paths of the fields in which the two differ, e.g. `data.amount.value`. */
  readonly fields: readonly string[]
}

export interface Rejected extends Rejection {
  readonly outcome: 'rejected'
  /** Absent where it cannot be read. */
  readonly id: string | undefined
}

export const conflictOf = (offered: EventToAppend, existing: RecordedEvent): Conflict => ({
  outcome: 'conflict',
  id: offered.id,
  offered,
  existing,
  fields: differingFields(offered, existing),
})

/** Paths of the fields in which the content of two events differs, outer ones first. */
export function differingFields(one: EventToAppend, other: EventToAppend): readonly string[] {
  const fields: string[] = []
  if (one.time !== other.time) fields.push('time')
  // Events of two types have nothing in common that could be compared.
  if (one.type !== other.type) return ['type', ...fields, 'data']
  compare(JSON.parse(one.data), JSON.parse(other.data), 'data', fields)
  return fields
}

function compare(one: unknown, other: unknown, path: string, fields: string[]): void {
  if (one === other) return
  if (!isContainer(one) || !isContainer(other) || Array.isArray(one) !== Array.isArray(other)) {
    fields.push(path)
    return
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    compare(one[key], other[key], Array.isArray(one) ? `${path}[${key}]` : `${path}.${key}`, fields)
  }
}

const isContainer = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** An outcome as JSON, for answers and files. */
export interface OutcomeJson {
  readonly id: string | null
  readonly outcome: Outcome['outcome']
  readonly position?: number
  readonly error?: OutcomeError
}

export interface OutcomeError {
  /** One sentence. */
  readonly message: string
  /** The field that is wrong, '' for the whole; for a conflict the first that differs. */
  readonly field: string
  readonly reason: string
  /** For a conflict: all fields that differ, and both events as CloudEvents. */
  readonly fields?: readonly string[]
  readonly offered?: Readonly<Record<string, unknown>>
  readonly existing?: Readonly<Record<string, unknown>>
}

export function outcomeJson(outcome: Outcome): OutcomeJson {
  switch (outcome.outcome) {
    case 'appended':
    case 'duplicate':
      return { id: outcome.id, outcome: outcome.outcome, position: Number(outcome.position) }
    case 'conflict':
      return {
        id: outcome.id,
        outcome: 'conflict',
        position: Number(outcome.existing.position),
        error: conflictJson(outcome),
      }
    case 'rejected': {
      const { field, reason } = outcome
      return { id: outcome.id ?? null, outcome: 'rejected', error: { message: sentence(field, reason), field, reason } }
    }
  }
}

export const conflictReason = ({ existing, fields }: Conflict): string =>
  `differs from the event with the same identity ${existing.identity} that the log has at position ${existing.position}: ${fields.join(', ')}`

function conflictJson(conflict: Conflict): OutcomeError {
  const { offered, existing, fields } = conflict
  const reason = conflictReason(conflict)
  return {
    message: sentence('', `the event ${reason}`),
    field: fields[0] ?? '',
    reason,
    fields,
    offered: toCloudEvent(decodeEvent(offered)),
    existing: toCloudEvent(decodeEvent(existing)),
  }
}

const sentence = (field: string, reason: string): string =>
  field === '' ? `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` : `${field} ${reason}.`
