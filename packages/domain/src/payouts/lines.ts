import { type BeneficiaryKind, kindOfRole, type MoneyRole } from '../ledger/party.ts'
import { formatMinor } from '../money.ts'
import { compareText } from '../order.ts'
import { referenceOf } from './reference.ts'
import { type Withheld, withheldBecause, withheldReasons } from './withheld.ts'

/** What is payable to somebody in one role and currency. */
export interface Balance {
  readonly role: MoneyRole
  readonly beneficiaryId: string
  readonly currency: string
  /** Below zero where more was paid than is left of what was earned. */
  readonly amountMinor: bigint
}

/** What a batch pays to one beneficiary in one currency, and which of their balances it takes it from. */
export interface PayoutLine {
  readonly reference: string
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  readonly currency: string
  /** Above zero: the sum of the parts. */
  readonly amountMinor: bigint
  readonly parts: readonly LinePart[]
}

/** A balance that is brought to zero; below zero it is netted off. */
export interface LinePart {
  readonly role: MoneyRole
  readonly amountMinor: bigint
}

/** Why somebody's balance is not paid now; the first that holds. */
export const carryReasons = [...withheldReasons, 'below-zero', 'below-minimum'] as const
export type CarryReason = (typeof carryReasons)[number]

/** A balance that stays as it is, for a later batch. */
export interface Carried {
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  readonly currency: string
  readonly amountMinor: bigint
  readonly reason: CarryReason
}

export interface LineRules extends Withheld {
  readonly batchId: string
  /** A decimal in units of each currency; what is less is carried over. */
  readonly minimum?: string | undefined
}

/**
 * Who is paid how much: one line for each beneficiary and currency, since several currencies are never added up, and what
 * somebody owes in one role is netted off what they are owed in another. In order of currency, then beneficiary.
 */
export function linesOf(
  balances: readonly Balance[],
  { batchId, minimum = '0', ...withheld }: LineRules,
): { readonly lines: readonly PayoutLine[]; readonly carried: readonly Carried[] } {
  const lines: PayoutLine[] = []
  const carried: Carried[] = []
  for (const { kind, beneficiaryId, currency, parts } of groupsOf(balances)) {
    const amountMinor = parts.reduce((sum, part) => sum + part.amountMinor, 0n)
    if (amountMinor === 0n) continue
    const own = { kind, beneficiaryId, currency, amountMinor }
    const reason: CarryReason | undefined =
      withheldBecause(kind, beneficiaryId, withheld) ??
      (amountMinor < 0n
        ? 'below-zero'
        : isLess(formatMinor(amountMinor, currency), minimum)
          ? 'below-minimum'
          : undefined)
    if (reason === undefined)
      lines.push({ ...own, reference: referenceOf(batchId, kind, beneficiaryId, currency), parts })
    else carried.push({ ...own, reason })
  }
  return { lines, carried }
}

interface Group {
  readonly kind: BeneficiaryKind
  readonly beneficiaryId: string
  readonly currency: string
  readonly parts: LinePart[]
}

function groupsOf(balances: readonly Balance[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { role, beneficiaryId, currency, amountMinor } of balances) {
    const kind = kindOfRole(role)
    const key = `${currency}\n${kind}\n${beneficiaryId}`
    const group = groups.get(key) ?? { kind, beneficiaryId, currency, parts: [] }
    groups.set(key, group)
    if (amountMinor !== 0n) group.parts.push({ role, amountMinor })
  }
  for (const { parts } of groups.values()) parts.sort((a, b) => compareText(a.role, b.role))
  return [...groups.values()].sort(
    (a, b) =>
      compareText(a.currency, b.currency) ||
      compareText(a.beneficiaryId, b.beneficiaryId) ||
      compareText(a.kind, b.kind),
  )
}

/** Compares decimals of zero or above, whatever digits they have. */
function isLess(amount: string, minimum: string): boolean {
  const [whole = '', fraction = ''] = amount.split('.')
  const [least = '', rest = ''] = minimum.split('.')
  const digits = Math.max(fraction.length, rest.length)
  return BigInt(whole + fraction.padEnd(digits, '0')) < BigInt(least + rest.padEnd(digits, '0'))
}
