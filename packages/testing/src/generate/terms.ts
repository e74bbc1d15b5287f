import { digitsOf, durationMs } from '../oracle/exact.ts'
import type { Cap, Role, Rule, Terms, Trigger } from '../oracle/log.ts'
import type { LogOptions } from './options.ts'
import type { Random } from './random.ts'

/** What terms say that leave it out: the values of the contract's example, and no rewards. */
export const exampleTerms: Pick<Terms, 'attribution' | 'holdDays' | 'rewards'> = {
  attribution: {
    rewardBy: 'last-touch',
    lookback: { click: '30d', signup: '365d' },
    touchReuse: 'all',
    selfReferral: 'exclude',
    positionBased: { first: 0.4, last: 0.4 },
    timeDecay: { halfLife: '7d' },
    horizon: '90d',
  },
  holdDays: 30,
  rewards: [],
}

/** A program's terms without their time of effect. Limits are small, so that a few conversions reach them. */
export function randomTerms(random: Random, options: LogOptions, programId: string, inCurrency?: string): Terms {
  const currency = inCurrency ?? (options.currencies ? random.early(['EUR', 'JPY', 'KWD']) : 'EUR')
  const rules = Array.from({ length: random.between(1, 5) }, (_, index) =>
    randomRule(random, options, { ruleId: `rule-${index + 1}`, currency }),
  )
  // Nothing at all would leave no time for a bounded log.
  const none = options.bounded ? '12h' : '0d'
  const click = random.pick(['1d', '3d', '36h', '7d', random.pick([none, '1h', '30d'])])
  const horizon = random.chance(0.3) ? random.pick([none, '6h', '90d']) : random.pick(['2d', '5d', '20d'])
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
        random.pick([
          { first: 0, last: 0 },
          { first: 1, last: 0 },
          { first: 0, last: 0.000001 },
        ]),
      ]),
      timeDecay: { halfLife: random.pick(['7d', '1d', '12h', '1h', '1ms']) },
      horizon: options.late ? horizon : random.pick(['20d', '30d', '90d']),
    },
    holdDays: random.pick([30, 0, 14]),
    rewards: rules,
  }
}

/** The next version: most rules as they were, but for one in another currency. */
export function revisedTerms(random: Random, options: LogOptions, before: Terms): Terms {
  const { programId, currency } = before
  if (options.newCurrency && random.chance(0.08)) {
    const other = randomTerms(random, options, programId, random.pick(['EUR', 'JPY', 'KWD', 'USD']))
    if (options.rewrittenRules) return other
    return { ...other, rewards: other.rewards.map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-${other.currency}` })) }
  }
  const next = randomTerms(random, options, programId, currency)
  const rewritten = ({ ruleId }: Rule): Rule => {
    const newId = options.rewrittenRules ? ruleId : `${ruleId}b`
    return randomRule(random, options, { ruleId: newId, currency })
  }
  const revised = before.rewards.map((rule) => {
    if (random.chance(0.5)) return rule
    return random.chance(0.5) ? repricedRule(random, rule, currency) : rewritten(rule)
  })
  const afresh = options.rewrittenRules && random.chance(0.3)
  const attribution = random.chance(0.5) ? next.attribution : before.attribution
  return { ...next, name: `${before.name}, revised`, attribution, rewards: afresh ? next.rewards : revised }
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
    options.activityRewards && random.chance(0.35) ? random.pick<Trigger>(['signup', 'click', 'share']) : 'conversion'
  const caps = options.caps && random.chance(0.5) ? randomCaps(random, currency) : {}
  const plainly = trigger !== 'conversion' && !(options.activityTerms && random.chance(0.5))
  const when =
    !plainly && options.conditions && random.chance(0.5) ? randomConditions(random, options, { trigger, currency }) : {}
  return {
    ruleId,
    trigger,
    to,
    amount: plainly
      ? { fixed: moneyText(random.pick([5, 1, 3]), currency) }
      : randomAmount(random, options, { trigger, currency }),
    ...(Object.keys(when).length > 0 || (options.conditions && !plainly && random.chance(0.03)) ? { when } : {}),
    ...(Object.keys(caps).length > 0 ? { caps } : {}),
  }
}

/** Other amounts and limits for the same rule, which counts by what it counted by. */
function repricedRule(random: Random, rule: Rule, currency: string): Rule {
  const { fixed, percent, tiers } = rule.amount
  const another = (): { fixed?: string; percent?: string } =>
    random.chance(0.5) && rule.trigger === 'conversion'
      ? { percent: random.pick(['5', '20', '100']) }
      : { fixed: moneyText(random.pick([2, 4, 8]), currency) }
  const amount = tiers
    ? { tiers: { ...tiers, steps: tiers.steps.map(({ from }) => ({ from, ...another() })) } }
    : (fixed ?? percent) === undefined || random.chance(0.2)
      ? rule.amount
      : another()
  const caps = Object.fromEntries(
    Object.entries(rule.caps ?? {}).map(([scope, cap]) => [
      scope,
      {
        ...cap,
        ...(cap.amount === undefined ? {} : { amount: moneyText(random.pick([2, 6, 15]), currency) }),
        ...(cap.conversions === undefined ? {} : { conversions: random.pick([1, 2, 4]) }),
      },
    ]),
  )
  return { ...rule, amount, ...(rule.caps === undefined ? {} : { caps }) }
}

interface PromiseFrame {
  readonly trigger: Trigger
  readonly currency: string
}

/** Only conversions have revenue: for the others most steps are fixed, or their tiers would never show. */
function randomAmount(random: Random, options: LogOptions, { trigger, currency }: PromiseFrame): Rule['amount'] {
  const ofRevenue = trigger === 'conversion'
  if (options.tiers && random.chance(ofRevenue ? 0.3 : 0.6))
    return { tiers: randomTiers(random, { trigger, currency }) }
  return random.chance(ofRevenue ? 0.6 : 0.2)
    ? { percent: random.pick(['10', '12.5', '3.33', '100', '50', '0', '150']) }
    : { fixed: moneyText(random.pick([10, 1, 7]), currency) }
}

function randomTiers(random: Random, { trigger, currency }: PromiseFrame): NonNullable<Rule['amount']['tiers']> {
  const percents = random.pick([
    ['5', '8', '12.5'],
    ['0', '10', '20'],
    ['4', '10', '15'],
  ])
  const froms = random.pick([
    [0, 1],
    [0, 1, 2],
    [0, 2, 3],
    [0, 1, 3],
  ])
  const fixedShare = trigger === 'conversion' ? random.pick([0, 0, 0.5, 1]) : random.pick([0.5, 1, 1])
  const steps = froms.map((from, index) =>
    random.chance(fixedShare)
      ? { from, fixed: moneyText(index + 1, currency) }
      : { from, percent: percents[index] ?? '10' },
  )
  return { by: 'conversions', ...(random.chance(0.5) ? { per: 'month' } : {}), steps }
}

function randomConditions(
  random: Random,
  options: LogOptions,
  { trigger, currency }: PromiseFrame,
): NonNullable<Rule['when']> {
  // Signups can only be paid where nothing but a new customer is asked for.
  if (trigger === 'signup' && random.chance(0.7)) return { customer: 'new' }
  const shoes = options.items && random.chance(0.5)
  return {
    ...(random.chance(0.35) ? { minAmount: moneyText(random.pick([20, 50, 100, 1]), currency) } : {}),
    ...(random.chance(0.3) ? { customer: 'new' } : {}),
    ...(random.chance(0.2) ? { countries: random.pick([['DE', 'FR'], ['DE']]) } : {}),
    ...(random.chance(0.2) ? { kinds: random.pick([['purchase'], ['purchase', 'lead'], ['renewal']]) } : {}),
    ...(shoes ? { categories: random.pick([['shoes'], ['shoes', 'hats'], ['bags']]) } : {}),
  }
}

/** Of one scope, of two, or of all three; small enough to bind. */
function randomCaps(random: Random, currency: string): NonNullable<Rule['caps']> {
  const cap = (): Cap => {
    const conversions = { conversions: random.pick([1, 2, 1, 2, 3, 0]) }
    const amount = { amount: moneyText(random.pick([5, 10, 20, 3]), currency) }
    const limits = random.pick([amount, amount, conversions, { ...amount, ...conversions }])
    return { ...limits, ...(random.chance(0.4) ? { per: 'month' as const } : {}) }
  }
  const scopes = random.pick([['perAdvocate'], ['perCustomer'], ['perProgram'], ['perAdvocate', 'perProgram'], ['all']])
  const limited = (scope: string) => (scopes.includes(scope) || scopes.includes('all') ? { [scope]: cap() } : {})
  return { ...limited('perAdvocate'), ...limited('perCustomer'), ...limited('perProgram') }
}
