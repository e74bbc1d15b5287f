import { bicProblem, canonicalBic, canonicalIban, type Debtor, ibanProblem } from '@vouch/domain'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** What is wrong with a debtor, as the end of a sentence that begins with the name of the field. */
export interface DebtorProblem {
  readonly field: 'iban' | 'bic'
  readonly reason: string
}

/** Who pays, as banks exchange it. The name is taken as it is. */
export function takeDebtor({ name, iban, bic }: Debtor): Either<DebtorProblem, Debtor> {
  const wrongIban = ibanProblem(iban)
  if (wrongIban !== undefined) return left({ field: 'iban', reason: wrongIban })
  const wrongBic = bic === undefined ? undefined : bicProblem(bic)
  if (wrongBic !== undefined) return left({ field: 'bic', reason: wrongBic })
  return right({ name, iban: canonicalIban(iban), ...(bic === undefined ? {} : { bic: canonicalBic(bic) }) })
}
