import { accounts } from '../ledger/accounts.ts'
import type { Transaction } from '../ledger/transaction.ts'
import { type MoneyJson, toMinor } from '../money.ts'
import { percentEncoded } from '../percent.ts'

/**
 * What a provider charged for a payment, whatever is to be said of the payment itself: the money is gone.
 * @param id of the statement's line
 */
export const charge = (
  id: string,
  { reference, provider, date, fee }: { reference: string; provider: string; date: string; fee: MoneyJson },
): Transaction => ({
  id: `statement/${id}/fee`,
  movement: 'charged',
  effectiveOn: date,
  memo: `fee for ${percentEncoded(reference)}`,
  transfers: [
    {
      debit: accounts.fees,
      credit: accounts.cash(provider),
      amountMinor: toMinor(fee),
      currency: fee.currency,
      party: '',
    },
  ],
})
