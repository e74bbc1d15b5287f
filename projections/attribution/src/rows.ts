import { isCorrection, percentEncoded, timestamp } from '@vouch/domain'
import type { Row } from '@vouch/projector'

/** The event that makes rows, as their columns tell of it. */
export interface Cause {
  readonly type: string
  readonly occurredAt: number
  readonly recordedAt: number
}

/** Collects the rows of one event. */
export class Rows {
  #list: Row[] = []
  readonly programId: string
  readonly cause: Cause
  /** Texts of the event's own times, which most of its rows have. */
  readonly #recordedAt: string
  readonly #occurredAt: string

  constructor(programId: string, cause: Cause) {
    this.programId = programId
    this.cause = cause
    this.#recordedAt = timestamp(cause.recordedAt)
    this.#occurredAt = timestamp(cause.occurredAt)
  }

  get list(): readonly Row[] {
    return this.#list
  }

  /** Those that were not taken yet. */
  take(): readonly Row[] {
    const taken = this.#list
    this.#list = []
    return taken
  }

  /** Whether the event corrects a conversion's amount: then what follows happened when it did, else when the conversion did. */
  isCorrection(): boolean {
    return isCorrection(this.cause.type)
  }

  /** @param values of the row alone: they are completed in place, since copying them would take longer than the rest */
  push(table: string, values: Record<string, unknown>): void {
    values.program_id = this.programId
    values.occurred_at ??= this.#occurredAt
    values.recorded_at = this.#recordedAt
    this.#list.push({ table, values })
  }
}

/** Units of 1e-9 as a Decimal(18, 9). */
export function creditText(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(10, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`
}

/** A readable name made of the parts of an identity, the same for ever; parts cannot run into each other. */
export const nameOf = (...parts: readonly string[]): string => parts.map(percentEncoded).join(':')
