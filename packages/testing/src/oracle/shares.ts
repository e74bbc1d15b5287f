import { split } from './exact.ts'
import type { Fact } from './log.ts'
import { weightsOf } from './models.ts'
import { isSelf, lacksConsent, pathTo, type TouchReason, touchReasons } from './path.ts'
import { disqualified, type Facts, ownerOf, revokedAt, suspendedAt, type Version } from './program.ts'
import { revenueOf } from './revenue.ts'

export type TriggerFact = Fact<'click'> | Fact<'share'> | Fact<'signup'> | Fact<'conversion'>

/** An advocate's part of a trigger. */
export interface Share {
  readonly advocateId: string
  readonly weight: bigint
  readonly creditedMinor: bigint
}

/** The advocates that the paying model gives credit, in the order of their first touches, with weight or without. */
export function sharesOf(facts: Facts, conversion: Fact<'conversion'>, version: Version): Share[] {
  const { touches } = pathTo(facts, conversion, version)
  const moments = touches.map((touch) => touch.fact.time)
  const weights = weightsOf(version.terms.attribution.rewardBy, moments, version.terms)
  const amounts = split(revenueOf(facts, conversion).netMinor, weights)
  const shares: Share[] = []
  for (const [index, { advocateId }] of touches.entries()) {
    const [weight = 0n, creditedMinor = 0n] = [weights[index], amounts[index]]
    const at = shares.findIndex((share) => share.advocateId === advocateId)
    const before = shares[at]
    if (before === undefined) shares.push({ advocateId, weight, creditedMinor })
    else
      shares[at] = { advocateId, weight: before.weight + weight, creditedMinor: before.creditedMinor + creditedMinor }
  }
  return shares.filter((share) => share.weight > 0n)
}

/** The one advocate to whom a click, share or signup belongs, if its touch stands. */
export function ownersShare(
  facts: Facts,
  trigger: Exclude<TriggerFact, Fact<'conversion'>>,
  version: Version,
): Share[] {
  const owner = ownerOfTrigger(facts, trigger, version)
  return owner === undefined ? [] : [{ advocateId: owner, weight: 1n, creditedMinor: 0n }]
}

function ownerOfTrigger(
  facts: Facts,
  trigger: Exclude<TriggerFact, Fact<'conversion'>>,
  version: Version,
): string | undefined {
  if (reasonsAgainstOwn(facts, trigger, version).length > 0) return undefined
  const { code } = trigger.data
  if (code !== undefined) return ownerOf(facts, code)
  if (trigger.type === 'share') return trigger.data.advocateId
  return trigger.type === 'signup' ? pathTo(facts, trigger, version).touches.at(-1)?.advocateId : undefined
}

/** What speaks against a click, share or signup by itself, before it is part of any path: all that holds. */
export function reasonsAgainstOwn(facts: Facts, trigger: TriggerFact, version: Version): TouchReason[] {
  if (trigger.type === 'conversion') return []
  const { code } = trigger.data
  const owner =
    code !== undefined ? ownerOf(facts, code) : trigger.type === 'share' ? trigger.data.advocateId : undefined
  const self = owner !== undefined && trigger.type === 'signup' && isSelf(facts, owner, trigger)
  const holds: Partial<Record<TouchReason, boolean>> = {
    'unknown-code': code !== undefined && owner === undefined,
    'revoked-code': code !== undefined && revokedAt(facts, code, trigger.time),
    'advocate-suspended': owner !== undefined && suspendedAt(facts, owner, trigger.time),
    'self-referral': self && version.terms.attribution.selfReferral !== 'allow',
    disqualified: disqualified(facts, trigger),
    'no-consent': trigger.type === 'signup' && code !== undefined && lacksConsent(facts, trigger, version),
  }
  return touchReasons.filter((reason) => holds[reason])
}
