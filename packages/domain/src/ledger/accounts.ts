import { type MoneyRole, moneyRoles } from './party.ts'

const plain = /^[A-Za-z0-9_-]*$/

/** A text as a part of an account's name: percent-encoded as UTF-8 but for letters, digits, `_` and `-`. */
export function accountPart(text: string): string {
  if (plain.test(text)) return text
  return encodeURIComponent(text).replace(/[.!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** PROGRAM:ROLE:ID, the name of somebody to whom something is owed in a role. */
export const partyId = (programId: string, role: MoneyRole, id: string): string =>
  `${accountPart(programId)}:${role}:${accountPart(id)}`

/** Who is meant by a `partyId`. @throws Error for what is none */
export function partyOf(id: string): { readonly programId: string; readonly role: MoneyRole; readonly id: string } {
  const [programId, role, own] = id.split(':')
  const known = moneyRoles.find((it) => it === role)
  if (programId === undefined || own === undefined || known === undefined) throw new Error(`${id} is no party.`)
  return { programId: decodeURIComponent(programId), role: known, id: decodeURIComponent(own) }
}

/** The names of the accounts. A party is named by `partyId`. */
export const accounts = {
  rewards: (programId: string): string => `expense:rewards:${accountPart(programId)}`,
  pending: (party: string): string => `liability:pending:${party}`,
  payable: (party: string): string => `liability:payable:${party}`,
  inTransit: (batchId: string): string => `liability:in-transit:${accountPart(batchId)}`,
  cash: (provider: string): string => `asset:cash:${accountPart(provider)}`,
  fees: 'expense:payout-fees',
  writtenOff: 'expense:written-off',
  /** Between two currencies: what went in of the one, and came out of the other at a recorded rate. */
  exchange: 'equity:exchange',
  /** What rounding to minor units made of an exchange, beyond its rate. */
  exchangeDifferences: 'expense:exchange-differences',
} as const
