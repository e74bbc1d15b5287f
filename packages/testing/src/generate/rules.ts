import { digitsOf } from '../oracle/exact.ts'
import type { Cap, Role, Rule, Trigger } from '../oracle/log.ts'
import type { Leaning, LogOptions } from './options.ts'
import type { Random } from './random.ts'

/** What a program's terms are made after. */
export interface Style {
  readonly options: LogOptions
  readonly leaning: Leaning
  readonly programId: string
}

/** A whole number of the currency's units with as many digits as it has: '10.00', '10', '10.000'. */
export function moneyText(units: number, currency: string): string {
  return units.toFixed(digitsOf(currency))
}

interface RuleFrame {
  readonly ruleId: string
  readonly currency: string
}

export function randomRule(random: Random, style: Style, { ruleId, currency }: RuleFrame): Rule {
  const { options, leaning } = style
  const roles: [Role, ...Role[]] = options.uplines ? ['advocate', 'referee', 'upline'] : ['advocate', 'referee']
  const to = options.uplines && leaning === 'uplines' && random.chance(0.7) ? 'upline' : random.early(roles)
  const trigger =
    options.activityRewards && random.chance(0.35) ? random.pick<Trigger>(['signup', 'click', 'share']) : 'conversion'
  const caps = options.caps && random.chance(0.5) ? randomCaps(random, currency) : {}
  const plainly = trigger !== 'conversion' && !(options.activityTerms && random.chance(0.5))
  const when =
    !plainly && options.conditions && random.chance(0.5) ? randomConditions(random, style, { trigger, currency }) : {}
  return {
    ruleId,
    trigger,
    to,
    amount: plainly
      ? { fixed: moneyText(random.pick([5, 1, 3]), currency) }
      : randomAmount(random, style, { trigger, currency }),
    ...(Object.keys(when).length > 0 || (options.conditions && !plainly && random.chance(0.03)) ? { when } : {}),
    ...(Object.keys(caps).length > 0 ? { caps } : {}),
  }
}

/** Other amounts and limits for the same rule, which counts by what it counted by. */
export function repricedRule(random: Random, rule: Rule, currency: string): Rule {
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
function randomAmount(
  random: Random,
  { options, leaning }: Style,
  { trigger, currency }: PromiseFrame,
): Rule['amount'] {
  const ofRevenue = trigger === 'conversion'
  const laddered = leaning === 'ladders' ? 0.8 : ofRevenue ? 0.3 : 0.6
  if (options.tiers && random.chance(laddered)) return { tiers: randomTiers(random, { trigger, currency }) }
  return random.chance(ofRevenue ? 0.6 : 0.2)
    ? { percent: random.pick(['10', '12.5', '3.33', '100', '50', '0', '150']) }
    : { fixed: moneyText(random.pick([10, 1, 7]), currency) }
}

export function randomTiers(random: Random, { trigger, currency }: PromiseFrame): NonNullable<Rule['amount']['tiers']> {
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
  { options, leaning }: Style,
  { trigger, currency }: PromiseFrame,
): NonNullable<Rule['when']> {
  // Signups can only be paid where nothing but a new customer is asked for.
  if (trigger === 'signup' && random.chance(0.7)) return { customer: 'new' }
  if (options.items && leaning === 'items' && random.chance(0.7)) return { categories: ['shoes'] }
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
