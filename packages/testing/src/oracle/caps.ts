import { customerOf } from './conditions.ts'
import { minorUnits } from './exact.ts'
import { type Cap, monthOf, type Rule } from './log.ts'
import type { CapName, Standing } from './replay.ts'
import type { Claim } from './rewards.ts'

const scopes = {
  perAdvocate: 'cap-per-advocate',
  perCustomer: 'cap-per-customer',
  perProgram: 'cap-per-program',
} as const satisfies Record<string, CapName>

type Scope = keyof typeof scopes

/** What room each of the rule's caps leaves. */
export function roomsFor(claim: Claim, all: readonly Standing[]): { name: CapName; roomMinor: bigint }[] {
  return (Object.keys(scopes) as Scope[]).flatMap((scope) => {
    const cap = claim.rule.caps?.[scope]
    const whose = ownerIn(scope, claim)
    if (cap === undefined || whose === undefined) return []
    const counted = all.filter(
      (other) =>
        other.claim.rule.ruleId === claim.rule.ruleId &&
        ownerIn(scope, other.claim) === whose &&
        hasAlike(other.claim.rule, scope, cap) &&
        (cap.per === undefined || monthOf(other.claim.trigger) === monthOf(claim.trigger)),
    )
    return roomsUnder(cap, claim, counted).map((roomMinor) => ({ name: scopes[scope], roomMinor }))
  })
}

/** Whom the scope is about; a cap per customer does not bind where no customer is known. */
function ownerIn(scope: Scope, { beneficiary, trigger }: Claim): string | undefined {
  if (scope === 'perProgram') return 'all'
  return scope === 'perAdvocate' ? beneficiary : customerOf(trigger)
}

/** A cap counts what follows a version that has it, with the same period. */
function hasAlike(rule: Rule, scope: Scope, cap: Cap): boolean {
  const other = rule.caps?.[scope]
  return other !== undefined && other.per === cap.per
}

function roomsUnder(cap: Cap, { version, triggerId }: Claim, counted: readonly Standing[]): bigint[] {
  const { currency } = version.terms
  const rooms: bigint[] = []
  if (cap.amount !== undefined) {
    const comparable = counted.filter((standing) => standing.claim.version.terms.currency === currency)
    rooms.push(comparable.reduce((room, standing) => room - standing.paidMinor, minorUnits(cap.amount, currency)))
  }
  if (cap.conversions !== undefined) {
    const paying = counted.filter((one) => one.paidMinor > 0n).map((one) => one.claim.triggerId)
    // What has a place already needs no other, even if terms have since made places fewer.
    if (!paying.includes(triggerId) && new Set(paying).size >= cap.conversions) rooms.push(0n)
  }
  return rooms
}
