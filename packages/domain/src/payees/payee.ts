import type { PayeeAccount } from '../events/payees.ts'
import type { VouchEvent } from '../events/types.ts'
import type { Personal } from '../personal.ts'
import { maskedAccount } from './account.ts'

export type { PayeeAccount } from '../events/payees.ts'

export const payeeType = 'vouch.payee.registered.v1' satisfies VouchEvent['type']

/** Which registration of a payee is meant: source and id of its event. */
export interface RegistrationId {
  readonly source: string
  readonly id: string
}

/**
 * What a registration holds, once it is opened.
 * @param personal as it was sealed: it passed the schema before
 */
export const payeeAccount = (personal: Personal): PayeeAccount => personal as PayeeAccount

/**
 * What is personal in an event, as it may be shown: of a payee's account no more than how it begins and ends, since bank
 * details are for instructions alone.
 */
export function shownPersonal({ type }: Pick<VouchEvent, 'type'>, personal: Personal): Personal {
  if (type !== payeeType) return personal
  const { iban, accountId } = payeeAccount(personal)
  return {
    ...personal,
    ...(iban === undefined ? {} : { iban: maskedAccount(iban) }),
    ...(accountId === undefined ? {} : { accountId: maskedAccount(accountId) }),
  }
}
