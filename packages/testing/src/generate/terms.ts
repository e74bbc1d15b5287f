import { durationMs } from '../oracle/exact.ts'
import type { Rule, Terms } from '../oracle/log.ts'
import type { Random } from './random.ts'
import { randomRule, randomTiers, repricedRule, type Style } from './rules.ts'

/** What customers may consent to. */
export const purposes: readonly [string, ...string[]] = ['referrals', 'marketing']

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
export function randomTerms(random: Random, style: Style, inCurrency?: string): Terms {
  const { options, programId } = style
  const currency = inCurrency ?? (options.currencies ? random.early(['EUR', 'JPY', 'KWD']) : 'EUR')
  const rules = Array.from({ length: random.between(1, 5) }, (_, index) =>
    randomRule(random, style, { ruleId: `rule-${index + 1}`, currency }),
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
      ...(options.consent && random.chance(0.2) ? { requireConsent: random.early(purposes) } : {}),
    },
    holdDays: random.pick([30, 0, 14]),
    rewards: rules,
  }
}

/** The next version: most rules as they were, but for one in another currency. */
export function revisedTerms(random: Random, style: Style, before: Terms): Terms {
  const { options, leaning } = style
  const { currency } = before
  if (options.newCurrency && random.chance(0.08)) {
    const other = randomTerms(random, style, random.pick(['EUR', 'JPY', 'KWD', 'USD']))
    if (options.rewrittenRules) return other
    return { ...other, rewards: other.rewards.map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-${other.currency}` })) }
  }
  const next = randomTerms(random, style, currency)
  const rewritten = ({ ruleId }: Rule): Rule => {
    const newId = options.rewrittenRules ? ruleId : `${ruleId}b`
    return randomRule(random, style, { ruleId: newId, currency })
  }
  const revised = before.rewards.map((rule) => {
    if (random.chance(leaning === 'ladders' ? 0.2 : 0.5)) return rule
    const mayClimb = options.tiers && (options.activityTerms || rule.trigger === 'conversion')
    if (mayClimb && options.rewrittenRules && leaning === 'ladders' && random.chance(0.5)) {
      return { ...rule, amount: { tiers: randomTiers(random, { trigger: rule.trigger, currency }) } }
    }
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
