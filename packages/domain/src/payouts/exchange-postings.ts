import type { DataOf } from '../events/types.ts'
import { accountPart, accounts, partyId } from '../ledger/accounts.ts'
import type { MoneyRole } from '../ledger/party.ts'
import type { Transaction } from '../ledger/transaction.ts'
import { toMinor } from '../money.ts'
import { percentEncoded } from '../percent.ts'
import { type Exchanged, exchangeTotals } from './exchange.ts'
import { reservedOn } from './postings.ts'
import type { convertedType } from './types.ts'

type Converted = DataOf<typeof convertedType>

/** A payable balance that is converted. */
export interface ConvertedLine extends Exchanged {
  readonly role: MoneyRole
  readonly beneficiaryId: string
}

/** The lines of a conversion of balances as its event has them, amounts in minor units. */
export const convertedLines = ({ from, to, lines }: Pick<Converted, 'from' | 'to' | 'lines'>): ConvertedLine[] =>
  lines.map((line) => ({
    role: line.role,
    beneficiaryId: line.beneficiaryId,
    fromMinor: toMinor({ value: line.from, currency: from }),
    toMinor: toMinor({ value: line.to, currency: to }),
  }))

/**
 * What a conversion books: each line from payable in the one currency to payable in the other, by way of the exchange; and what
 * rounding line by line made of the sum, so that the two sides of the exchange are the rate apart and no more.
 * @param on the UTC day of the conversion; it counts from then on, but not before the day whose balances it converts
 */
export function exchangeTransactions(data: Converted, on: string): Transaction[] {
  const { programId, conversionId, from, to, rate, asOf } = data
  const lines = convertedLines(data)
  const name = percentEncoded(conversionId)
  const common = {
    movement: 'converted',
    effectiveOn: reservedOn(on, asOf),
    memo: `conversion ${name}: ${from} to ${to} at ${rate}`,
  } as const
  const converted = lines.map(({ role, beneficiaryId, fromMinor, toMinor }): Transaction => {
    const party = partyId(programId, role, beneficiaryId)
    const [payable, exchange] = [accounts.payable(party), accounts.exchange]
    return {
      ...common,
      id: `converted/${name}/${party}`,
      transfers: [
        { debit: payable, credit: exchange, amountMinor: fromMinor, currency: from, party },
        { debit: exchange, credit: payable, amountMinor: toMinor, currency: to, party },
      ],
    }
  })
  const { differenceMinor } = exchangeTotals(data, lines)
  const [debit, credit] = [accounts.exchangeDifferences, accounts.exchange]
  return [
    ...converted,
    {
      ...common,
      id: `converted/${name}/${accountPart(programId)}`,
      memo: `${common.memo}, rounding`,
      transfers: [{ debit, credit, amountMinor: differenceMinor, currency: to, party: '' }],
    },
  ]
}
