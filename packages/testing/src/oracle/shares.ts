import { split } from './exact.ts'
import type { Fact } from './log.ts'
import { weightsOf } from './models.ts'
import { isSelf, pathTo } from './path.ts'
import { advocateAt, disqualified, type Facts, ownerOf, revokedAt, suspendedAt, type Version } from './program.ts'
import { revenueOf } from './revenue.ts'

export type TriggerFact = Fact<'click'> | Fact<'share'> | Fact<'signup'> | Fact<'conversion'>

/** An advocate's part of a trigger. */
export interface Share {
  readonly advocateId: string
  readonly weight: bigint
  readonly creditedMinor: bigint
}

/** The advocates that the paying model gives credit, in the order of their first touch with weight. */
export function sharesOf(facts: Facts, conversion: Fact<'conversion'>, version: Version): Share[] {
  const { touches } = pathTo(facts, conversion, version)
  const moments = touches.map((touch) => touch.fact.time)
  const weights = weightsOf(version.terms.attribution.rewardBy, moments, version.terms)
  const amounts = split(revenueOf(facts, conversion).netMinor, weights)
  const shares: Share[] = []
  for (const [index, { advocateId }] of touches.entries()) {
    const [weight = 0n, creditedMinor = 0n] = [weights[index], amounts[index]]
    if (weight === 0n) continue
    const at = shares.findIndex((share) => share.advocateId === advocateId)
    const before = shares[at]
    if (before === undefined) shares.push({ advocateId, weight, creditedMinor })
    else
      shares[at] = { advocateId, weight: before.weight + weight, creditedMinor: before.creditedMinor + creditedMinor }
  }
  return shares
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
  if (disqualified(facts, trigger)) return undefined
  const { code } = trigger.data
  if (trigger.type === 'signup' && code === undefined) {
    return pathTo(facts, trigger, version).touches.at(-1)?.advocateId
  }
  const owner =
    code !== undefined ? ownerOf(facts, code) : trigger.type === 'share' ? trigger.data.advocateId : undefined
  if (owner === undefined || !advocateAt(facts, owner, trigger.time)) return undefined
  if (code !== undefined && revokedAt(facts, code, trigger.time)) return undefined
  if (suspendedAt(facts, owner, trigger.time)) return undefined
  const self = trigger.type === 'signup' && isSelf(facts, owner, trigger)
  return self && version.terms.attribution.selfReferral !== 'allow' ? undefined : owner
}
