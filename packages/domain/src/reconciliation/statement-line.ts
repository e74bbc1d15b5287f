import { v5 as uuid } from 'uuid'
import { canonicalJson } from '../canonical.ts'
import type { DataOf, EventOf, VouchEvent } from '../events/types.ts'
import { toMinor } from '../money.ts'

/** What a provider says of a payment, in the order in which it can happen. */
export const statementStatuses = ['settled', 'failed', 'returned'] as const
export type StatementStatus = (typeof statementStatuses)[number]

export const statementType = 'vouch.statement.recorded.v1'
export const isStatementEvent = (event: VouchEvent): event is EventOf<typeof statementType> =>
  event.type === statementType

/** The program that lines belong to whose reference no payout has. */
export const nobodysProgram = 'statements'

/** A line of a statement as its provider has it: which program it belongs to is not the provider's to say. */
export type StatedLine = Omit<DataOf<typeof statementType>, 'programId'>

/** What matching looks at. */
export interface StatementLine {
  /** By `statementLineIds`. */
  readonly id: string
  readonly reference: string
  /** Undefined where the statement does not say. */
  readonly beneficiaryId?: string | undefined
  readonly amountMinor: bigint
  readonly currency: string
  readonly status: StatementStatus
  /** 'YYYY-MM-DD' */
  readonly date: string
  readonly provider: string
  readonly statementId?: string | undefined
  readonly lineId?: string | undefined
  readonly reason?: string | undefined
}

export function statementLine({ id, data }: Pick<EventOf<typeof statementType>, 'id' | 'data'>): StatementLine {
  const { reference, beneficiaryId, amount, status, date, provider, statementId, lineId, reason } = data
  const money = { amountMinor: toMinor(amount), currency: amount.currency }
  return { id, reference, beneficiaryId, ...money, status, date, provider, statementId, lineId, reason }
}

/** The name space of lines of statements; it never changes. */
const namespace = '4a1c0a4e-7f0d-4b52-8a55-6b3d9f0f3c21'

/**
 * What names each line of a file, for ever, so that a line that is known is told from a new one. It is provider, statement and line where
 * the line has both ids, whatever file it is in. Else it is all that the line says, and how many in the same file before it say the
 * same: two equal lines of one file are two, in two files they are the same two.
 */
export function statementLineIds(lines: readonly StatedLine[]): string[] {
  const seen = new Map<string, number>()
  return lines.map((line) => {
    const { provider, statementId, lineId } = line
    if (statementId !== undefined && lineId !== undefined)
      return uuid(JSON.stringify(['named', provider, statementId, lineId]), namespace)
    const content = canonicalJson(line)
    const ordinal = seen.get(content) ?? 0
    seen.set(content, ordinal + 1)
    return uuid(JSON.stringify(['told', content, ordinal]), namespace)
  })
}
