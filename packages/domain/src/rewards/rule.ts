import { compareRatio, type Ratio, roundHalfAway, times } from '../decimal.ts'
import { split } from '../split.ts'
import type { CompiledRule, Step } from '../terms/compiled.ts'
import type { Trigger } from '../terms/schema.ts'

/** Why a rule pays nothing, or nothing to one of its beneficiaries, in order of precedence. */
export type RewardReason =
  | 'no-touch'
  | 'fully-refunded'
  | 'no-fx-rate'
  | 'amount-too-large'
  | 'below-min-amount'
  | 'customer-unknown'
  | 'customer-not-new'
  | 'country'
  | 'category'
  | 'kind'
  | 'no-revenue'
  | 'no-parent'
  | 'beneficiary-suspended'
  | 'rounds-to-zero'
  | 'cap-per-advocate'
  | 'cap-per-customer'
  | 'cap-per-program'

/** An advocate's share in what triggered the rule, in order of the advocate's first touch. */
export interface Credit {
  readonly advocateId: string
  readonly parentId: string | undefined
  readonly parentSuspended: boolean
  /** Sum of the weights of the advocate's touches under the model that pays. */
  readonly weight: bigint
  /** Revenue credited to the advocate under that model, minor units of the conversion's currency. */
  readonly amountMinor: bigint
}

/** What a conversion brings to its rules. */
export interface Revenue {
  readonly netMinor: bigint
  /** It had an amount, and corrections have taken all of it. */
  readonly fullyRefunded: boolean
  /** Minor units of the program's currency for one minor unit of the conversion's; undefined when no rate was given. */
  readonly rate: Ratio | undefined
  readonly country: string | undefined
  readonly kind: string | undefined
  categoryShare(categories: ReadonlySet<string>): Ratio
}

/** What happened, as a rule sees it. */
export interface Occasion {
  readonly trigger: Trigger
  readonly customerId: string | undefined
  /** Whether the customer has no earlier conversion. */
  readonly firstOfCustomer: boolean
  /** Only conversions have revenue. */
  readonly revenue: Revenue | undefined
  /** Empty when nobody brought it. */
  readonly credits: readonly Credit[]
}

/** One beneficiary's share of a rule, before caps; without a beneficiary, the reason why that share goes to nobody. */
export type Share = {
  readonly weight: bigint
  readonly creditedMinor: bigint
} & (
  | { readonly beneficiaryId: string; readonly reason?: undefined }
  | { readonly beneficiaryId?: undefined; readonly reason: RewardReason }
)

export type RuleOutcome =
  | { readonly tag: 'nothing'; readonly reason: RewardReason }
  | { readonly tag: 'due'; readonly shares: readonly Share[] }

/** Whom a rule owes something on this occasion, and in which shares. */
export function applyRule(rule: CompiledRule, occasion: Occasion): RuleOutcome {
  const reason = occasion.credits.length === 0 ? 'no-touch' : unmetCondition(rule, occasion)
  if (reason !== undefined) return { tag: 'nothing', reason }
  const shares = sharesOf(rule, occasion)
  const paid = shares.some((share) => share.beneficiaryId !== undefined)
  return paid ? { tag: 'due', shares } : { tag: 'nothing', reason: shares[0]?.reason ?? 'no-touch' }
}

function unmetCondition(
  { when, to }: CompiledRule,
  { customerId, firstOfCustomer, revenue, trigger }: Occasion,
): RewardReason | undefined {
  if (revenue?.fullyRefunded) return 'fully-refunded'
  if (trigger === 'conversion' && revenue?.rate === undefined) return 'no-fx-rate'
  if (revenue?.rate && exceedsTables(revenue.netMinor, revenue.rate)) return 'amount-too-large'
  if (when.minAmountMinor !== undefined) {
    if (!revenue?.rate) return 'below-min-amount'
    const net = times({ num: revenue.netMinor, den: 1n }, revenue.rate)
    if (compareRatio(net, { num: when.minAmountMinor, den: 1n }) < 0) return 'below-min-amount'
  }
  if (when.newCustomer && customerId === undefined) return 'customer-unknown'
  if (when.newCustomer && !firstOfCustomer) return 'customer-not-new'
  if (when.countries && !(revenue?.country !== undefined && when.countries.has(revenue.country))) return 'country'
  if (when.categories && !((revenue?.categoryShare(when.categories).num ?? 0n) > 0n)) return 'category'
  if (when.kinds && !(revenue?.kind !== undefined && when.kinds.has(revenue.kind))) return 'kind'
  if (to === 'referee' && customerId === undefined) return 'customer-unknown'
  return undefined
}

/** Ten times this, which the highest percentage makes of it, is what a Decimal(18, 4) holds in any currency. */
const largestMinor = 10n ** 13n

/** A rate may make so much of an amount that no table could hold what is owed for it. */
const exceedsTables = (netMinor: bigint, rate: Ratio): boolean =>
  compareRatio(times({ num: netMinor, den: 1n }, rate), { num: largestMinor, den: 1n }) >= 0

function sharesOf({ to }: CompiledRule, { customerId, credits }: Occasion): Share[] {
  switch (to) {
    case 'advocate':
      return credits.map(({ advocateId, weight, amountMinor }) => ({
        beneficiaryId: advocateId,
        weight,
        creditedMinor: amountMinor,
      }))
    case 'referee': {
      const creditedMinor = credits.reduce((sum, credit) => sum + credit.amountMinor, 0n)
      return [{ beneficiaryId: customerId as string, weight: 1n, creditedMinor }]
    }
    case 'upline':
      return uplineShares(credits)
  }
}

/** A parent earns on all its children together; the share of an advocate without one goes to nobody. */
function uplineShares(credits: readonly Credit[]): Share[] {
  const byParent = new Map<string, { -readonly [K in keyof Share]: Share[K] }>()
  for (const { advocateId, parentId, parentSuspended, weight, amountMinor } of credits) {
    const key = parentId === undefined ? `none ${advocateId}` : `parent ${parentId}`
    const share = byParent.get(key)
    if (share) {
      share.weight += weight
      share.creditedMinor += amountMinor
      continue
    }
    const size = { weight, creditedMinor: amountMinor }
    if (parentId === undefined) byParent.set(key, { ...size, reason: 'no-parent' })
    else if (parentSuspended) byParent.set(key, { ...size, reason: 'beneficiary-suspended' })
    else byParent.set(key, { ...size, beneficiaryId: parentId })
  }
  return [...byParent.values()] as Share[]
}

/** The step that applies after so many earlier triggers. */
export function stepAfter(steps: readonly Step[], earlier: number): number {
  let index = 0
  while (index + 1 < steps.length && (steps[index + 1] as Step).from <= earlier) index++
  return index
}

/**
 * What one share of a rule comes to before caps, in minor units of the program's currency: a percentage of the revenue
 * credited to the beneficiary, rounded half away from zero, once; or the beneficiary's part of a fixed amount.
 */
export function amountOfShare(
  rule: CompiledRule,
  step: Step,
  shares: readonly Share[],
  index: number,
  revenue: Revenue | undefined,
): bigint {
  if (step.tag === 'fixed') {
    const weights = shares.map((share) => share.weight)
    return split(step.minor, weights)[index] as bigint
  }
  if (!revenue?.rate) return 0n
  const credited = { num: (shares[index] as Share).creditedMinor, den: 1n }
  const ofCategories = rule.when.categories ? revenue.categoryShare(rule.when.categories) : { num: 1n, den: 1n }
  return roundHalfAway([ofCategories, step.ratio, revenue.rate].reduce(times, credited))
}
