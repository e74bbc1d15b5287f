import { digitsOf, durationMs } from '../oracle/exact.ts'
import type { Cap, Role, Rule, Terms, Trigger } from '../oracle/log.ts'
import type { LogOptions } from './options.ts'
import type { Random } from './random.ts'

/** A program's terms without their time of effect. Limits are small, so that a few conversions reach them. */
export function randomTerms(random: Random, options: LogOptions, programId: string, inCurrency?: string): Terms {
  const currency = inCurrency ?? (options.currencies ? random.early(['EUR', 'JPY', 'KWD']) : 'EUR')
  const rules = Array.from({ length: random.between(1, 5) }, (_, index) =>
    randomRule(random, options, { ruleId: `rule-${index + 1}`, currency }),
  )
  const click = random.pick(['1d', '3d', '36h', '7d'])
  return {
    programId,
    name: `Program ${programId}`,
    currency,
    attribution: {
      rewardBy: random.pick(['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']),
      lookback: { click, signup: random.pick([click, '2d', '10d', '365d']) },
      touchReuse: options.sinceLastConversion ? random.pick(['all', 'since-last-conversion']) : 'all',
      selfReferral: options.selfReferral ? random.early(['exclude', 'allow']) : 'exclude',
      positionBased: random.pick([
        { first: 0.4, last: 0.4 },
        { first: 0.3, last: 0.6 },
        { first: 0.5, last: 0.5 },
        { first: 0.333, last: 0.25 },
      ]),
      timeDecay: { halfLife: random.pick(['7d', '1d', '12h', '1h']) },
      horizon: options.late ? random.pick(['2d', '5d', '20d']) : random.pick(['20d', '30d', '90d']),
    },
    holdDays: random.pick([30, 0, 14]),
    rewards: rules,
  }
}

/** The next version: the same currency, most rules as they were. */
export function revisedTerms(random: Random, options: LogOptions, before: Terms): Terms {
  const { programId, currency } = before
  const next = randomTerms(random, options, programId, currency)
  const rewards = before.rewards.map((rule) =>
    random.chance(0.6) ? rule : randomRule(random, options, { ruleId: rule.ruleId, currency }),
  )
  const attribution = random.chance(0.5) ? next.attribution : before.attribution
  return { ...next, name: `${before.name}, revised`, attribution, rewards: random.chance(0.3) ? next.rewards : rewards }
}

/** Within this many milliseconds nothing is past look-back and horizon, or, without late facts, beyond the horizon. */
export function safeSpanMs(versions: readonly Terms[], late: boolean): number {
  const least = (of: (terms: Terms) => number) => Math.min(...versions.map(of))
  const horizon = least(({ attribution }) => durationMs(attribution.horizon))
  const lookback = least(({ attribution }) =>
    Math.min(durationMs(attribution.lookback.click), durationMs(attribution.lookback.signup)),
  )
  return late ? lookback + horizon : Math.min(horizon, 3 * lookback)
}

/** A whole number of the currency's units with as many digits as it has: '10.00', '10', '10.000'. */
export function moneyText(units: number, currency: string): string {
  return units.toFixed(digitsOf(currency))
}

interface RuleFrame {
  readonly ruleId: string
  readonly currency: string
}

function randomRule(random: Random, options: LogOptions, { ruleId, currency }: RuleFrame): Rule {
  const to = options.uplines
    ? random.early<Role>(['advocate', 'referee', 'upline'])
    : random.early<Role>(['advocate', 'referee'])
  const trigger =
    options.activityRewards && random.chance(0.3) ? random.pick<Trigger>(['signup', 'click', 'share']) : 'conversion'
  const caps = options.caps && random.chance(0.4) ? randomCaps(random, { trigger, to, currency }) : {}
  const when = options.conditions && random.chance(0.5) ? randomConditions(random, options, currency) : {}
  return {
    ruleId,
    trigger,
    to,
    amount:
      trigger === 'conversion'
        ? randomAmount(random, options, currency)
        : { fixed: moneyText(random.pick([5, 1, 3]), currency) },
    ...(trigger === 'conversion' && Object.keys(when).length > 0 ? { when } : {}),
    ...(Object.keys(caps).length > 0 ? { caps } : {}),
  }
}

function randomAmount(random: Random, options: LogOptions, currency: string): Rule['amount'] {
  if (options.tiers && random.chance(0.25)) return { tiers: randomTiers(random) }
  return random.chance(0.6)
    ? { percent: random.pick(['10', '12.5', '3.33', '100', '50']) }
    : { fixed: moneyText(random.pick([10, 1, 7]), currency) }
}

function randomTiers(random: Random): NonNullable<Rule['amount']['tiers']> {
  const steps = random.pick([
    [
      { from: 0, percent: '5' },
      { from: 1, percent: '8' },
    ],
    [
      { from: 0, percent: '0' },
      { from: 1, percent: '10' },
      { from: 2, percent: '20' },
    ],
    [
      { from: 0, percent: '4' },
      { from: 2, percent: '10' },
      { from: 3, percent: '15' },
    ],
  ])
  return { by: 'conversions', ...(random.chance(0.5) ? { per: 'month' } : {}), steps }
}

function randomConditions(random: Random, options: LogOptions, currency: string): NonNullable<Rule['when']> {
  const shoes = options.items && random.chance(0.35)
  return {
    ...(random.chance(0.35) ? { minAmount: moneyText(random.pick([20, 50, 100, 1]), currency) } : {}),
    ...(random.chance(0.3) ? { customer: 'new' } : {}),
    ...(random.chance(0.2) ? { countries: random.pick([['DE', 'FR'], ['DE']]) } : {}),
    ...(random.chance(0.2) ? { kinds: random.pick([['purchase'], ['purchase', 'lead'], ['renewal']]) } : {}),
    ...(shoes ? { categories: random.pick([['shoes'], ['shoes', 'hats'], ['bags']]) } : {}),
  }
}

interface CapFrame extends Pick<Rule, 'trigger' | 'to'> {
  readonly currency: string
}

function randomCaps(random: Random, { trigger, to, currency }: CapFrame): NonNullable<Rule['caps']> {
  const cap = (): Cap => ({
    ...(trigger === 'conversion' && random.chance(0.4)
      ? { conversions: random.pick([1, 2]) }
      : { amount: moneyText(random.pick([5, 10, 20, 3]), currency) }),
    ...(random.chance(0.4) ? { per: 'month' } : {}),
  })
  const scopes = random.pick(['perAdvocate', 'perCustomer', 'perProgram', 'two'])
  const ofCustomers = trigger === 'conversion' || trigger === 'signup'
  return {
    ...(to !== 'referee' && (scopes === 'perAdvocate' || scopes === 'two') ? { perAdvocate: cap() } : {}),
    ...(ofCustomers && scopes === 'perCustomer' ? { perCustomer: cap() } : {}),
    ...(scopes === 'perProgram' || scopes === 'two' ? { perProgram: cap() } : {}),
  }
}
