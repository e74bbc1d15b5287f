import { v5 as uuid } from 'uuid'
import type { BeneficiaryKind } from '../ledger/party.ts'

/** The name space of references; it never changes. */
const namespace = '6f0f3c59-5b0e-4d0b-9a53-3d9a1b1f7c6e'

/**
 * What names a line of a batch to the world: 32 hexadecimal digits, made of what it pays, to whom, and in which batch. So it is
 * the same whenever it is asked for and never that of another line, and it is legal as an end-to-end reference of SEPA (at
 * most 35 of `A-Z a-z 0-9 / - ? : ( ) . , ' +` and the blank).
 */
export function referenceOf(batchId: string, kind: BeneficiaryKind, beneficiaryId: string, currency: string): string {
  // Neither ids nor the others hold line breaks.
  return uuid([batchId, kind, beneficiaryId, currency].join('\n'), namespace).replaceAll('-', '').toUpperCase()
}
