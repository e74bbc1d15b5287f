import type { BeneficiaryKind } from '../ledger/party.ts'
import type { StatementLine } from '../reconciliation/statement-line.ts'

/** A line of any batch, whatever has become of it. */
export interface KnownLine {
  readonly programId: string
  readonly batchId: string
  readonly reference: string
  readonly beneficiaryId: string
  readonly kind: BeneficiaryKind
}

/** Finds lines of payouts by what a statement says. */
export interface Receivers {
  /** The line that has the reference. */
  byReference(reference: string): KnownLine | undefined
  /** A line of whoever a line of a statement paid; undefined where that is not known, or might be two. */
  paidBy(line: Pick<StatementLine, 'reference' | 'beneficiaryId'>): KnownLine | undefined
}

/** @param lines in the order in which they were opened */
export function receiversOf(lines: readonly KnownLine[]): Receivers {
  const references = new Map(lines.map((line) => [line.reference, line]))
  const people = Map.groupBy(lines, ({ programId, beneficiaryId }) => JSON.stringify([programId, beneficiaryId]))
  return {
    byReference: (reference) => references.get(reference),
    paidBy({ reference, beneficiaryId }) {
      const own = references.get(reference)
      if (own === undefined || beneficiaryId === undefined || beneficiaryId === own.beneficiaryId) return own
      const theirs = people.get(JSON.stringify([own.programId, beneficiaryId])) ?? []
      // An advocate and a customer whose ids read the same are two.
      if (new Set(theirs.map(({ kind }) => kind)).size !== 1) return undefined
      return theirs.find(({ batchId }) => batchId === own.batchId) ?? theirs.at(-1)
    },
  }
}
