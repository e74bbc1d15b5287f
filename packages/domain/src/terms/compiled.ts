import { digitsOf } from '../currency.ts'
import { parseRatio, type Ratio, roundHalfAway } from '../decimal.ts'
import { parseDuration } from '../duration.ts'
import type { Model, Role, Terms, Trigger } from './schema.ts'
import { type TermsVersion, versionAt } from './versions.ts'

/** Terms made ready for arithmetic: durations in ms, amounts in minor units, percentages as fractions of one. */
export interface CompiledTerms {
  readonly version: number
  readonly currency: string
  readonly rewardBy: Model
  readonly lookbackMs: { readonly click: number; readonly signup: number }
  readonly touchReuse: 'all' | 'since-last-conversion'
  readonly excludeSelfReferral: boolean
  readonly positionBased: { readonly first: bigint; readonly last: bigint }
  readonly halfLifeMs: number
  readonly horizonMs: number
  /** The purpose that a customer must have consented to; undefined: touches count without. */
  readonly requireConsent: string | undefined
  readonly holdDays: number
  readonly rules: readonly CompiledRule[]
}

export interface CompiledRule {
  readonly ruleId: string
  readonly trigger: Trigger
  readonly to: Role
  readonly steps: readonly Step[]
  /** Whether `from` counts the steps' earlier triggers within the month or for ever; undefined: there is one step only. */
  readonly tiers: 'month' | 'ever' | undefined
  readonly when: CompiledConditions
  readonly caps: readonly CompiledCap[]
}

export type Step = { readonly from: number } & (
  | { readonly tag: 'percent'; readonly ratio: Ratio }
  | { readonly tag: 'fixed'; readonly minor: bigint }
)

export interface CompiledConditions {
  readonly minAmountMinor: bigint | undefined
  readonly newCustomer: boolean
  readonly countries: ReadonlySet<string> | undefined
  readonly categories: ReadonlySet<string> | undefined
  readonly kinds: ReadonlySet<string> | undefined
}

export type CapScope = 'perAdvocate' | 'perCustomer' | 'perProgram'

export interface CompiledCap {
  readonly scope: CapScope
  readonly per: 'month' | 'ever'
  readonly amountMinor: bigint | undefined
  readonly conversions: number | undefined
}

/** Weights are kept to 1e-9: of one, for position-based shares; of the newest touch, for time decay. */
export const weightScale = 1_000_000_000n

const milliseconds = (text: string): number => parseDuration(text) as number

const setOf = (values: readonly string[] | undefined) => (values ? new Set(values) : undefined)

const cache = new WeakMap<TermsVersion, CompiledTerms>()

/** The version in force at a time, ready for arithmetic; undefined before version 1. */
export function termsAt(versions: readonly TermsVersion[], time: number): CompiledTerms | undefined {
  const version = versionAt(versions, time)
  return version && compileTerms(version)
}

export function compileTerms(version: TermsVersion): CompiledTerms {
  let compiled = cache.get(version)
  if (!compiled) {
    compiled = compile(version)
    cache.set(version, compiled)
  }
  return compiled
}

function compile({ version, terms }: TermsVersion): CompiledTerms {
  const { attribution } = terms
  const minor = minorIn(terms.currency)
  return {
    version,
    currency: terms.currency,
    rewardBy: attribution.rewardBy,
    lookbackMs: { click: milliseconds(attribution.lookback.click), signup: milliseconds(attribution.lookback.signup) },
    touchReuse: attribution.touchReuse,
    excludeSelfReferral: attribution.selfReferral === 'exclude',
    positionBased: {
      first: billionths(attribution.positionBased.first),
      last: billionths(attribution.positionBased.last),
    },
    halfLifeMs: milliseconds(attribution.timeDecay.halfLife),
    horizonMs: milliseconds(attribution.horizon),
    requireConsent: attribution.requireConsent,
    holdDays: terms.holdDays,
    rules: terms.rewards.map((rule) => compileRule(rule, minor)),
  }
}

function compileRule(rule: Terms['rewards'][number], minor: (text: string) => bigint): CompiledRule {
  const { amount, when, caps } = rule
  const step = (from: number, it: { percent?: string | undefined; fixed?: string | undefined }): Step =>
    it.percent !== undefined
      ? { from, tag: 'percent', ratio: percentOf(it.percent) }
      : { from, tag: 'fixed', minor: minor(it.fixed as string) }
  return {
    ruleId: rule.ruleId,
    trigger: rule.trigger,
    to: rule.to,
    steps: amount.tiers ? amount.tiers.steps.map((it) => step(it.from, it)) : [step(0, amount)],
    tiers: amount.tiers && (amount.tiers.per ?? 'ever'),
    when: {
      minAmountMinor: when?.minAmount === undefined ? undefined : minor(when.minAmount),
      newCustomer: when?.customer === 'new',
      countries: setOf(when?.countries),
      categories: setOf(when?.categories),
      kinds: setOf(when?.kinds),
    },
    caps: (['perAdvocate', 'perCustomer', 'perProgram'] as const).flatMap((scope) => {
      const cap = caps?.[scope]
      if (!cap) return []
      const amountMinor = cap.amount === undefined ? undefined : minor(cap.amount)
      return [{ scope, per: cap.per ?? ('ever' as const), amountMinor, conversions: cap.conversions }]
    }),
  }
}

const minorIn = (currency: string) => {
  const scale = { num: 10n ** BigInt(digitsOf(currency) as number), den: 1n }
  return (text: string): bigint => {
    const ratio = parseRatio(text) as Ratio
    return roundHalfAway({ num: ratio.num * scale.num, den: ratio.den })
  }
}

const percentOf = (text: string): Ratio => {
  const ratio = parseRatio(text) as Ratio
  return { num: ratio.num, den: ratio.den * 100n }
}

/** The schema allows at most nine digits after the point, so the decimal text of the number is exact. */
const billionths = (value: number): bigint => {
  const ratio = parseRatio(value.toFixed(9)) as Ratio
  return (ratio.num * weightScale) / ratio.den
}
