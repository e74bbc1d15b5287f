import { bicProblem, canonicalBic, canonicalIban, type Debtor, ibanProblem, textProblem } from '@vouch/domain'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** What is wrong with a debtor, as the end of a sentence that begins with the name of the field. */
export interface DebtorProblem {
  readonly field: 'name' | 'iban' | 'bic'
  readonly reason: string
}

/** As long as ISO 20022 lets it be. */
const maxNameLength = 140

/** Who pays, as banks exchange it. */
export function takeDebtor({ name, iban, bic }: Debtor): Either<DebtorProblem, Debtor> {
  const wrongName = textProblem(name, maxNameLength)
  if (wrongName !== undefined) return left({ field: 'name', reason: wrongName })
  const wrongIban = ibanProblem(iban)
  if (wrongIban !== undefined) return left({ field: 'iban', reason: wrongIban })
  const wrongBic = bic === undefined ? undefined : bicProblem(bic)
  if (wrongBic !== undefined) return left({ field: 'bic', reason: wrongBic })
  return right({ name, iban: canonicalIban(iban), ...(bic === undefined ? {} : { bic: canonicalBic(bic) }) })
}
