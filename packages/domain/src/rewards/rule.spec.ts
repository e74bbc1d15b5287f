import { describe, expect, it } from 'vitest'
import { parseRatio, type Ratio } from '../decimal.ts'
import type { CompiledConditions, CompiledRule, Step } from '../terms/compiled.ts'
import {
  amountOfShare,
  applyRule,
  type Credit,
  type Occasion,
  type Revenue,
  type RewardReason,
  type Share,
  stepAfter,
} from './rule.ts'

const noConditions: CompiledConditions = {
  minAmountMinor: undefined,
  newCustomer: false,
  countries: undefined,
  categories: undefined,
  kinds: undefined,
}

const ratio = (text: string): Ratio => parseRatio(text) as Ratio
const percent = (text: string, from = 0): Step => ({
  from,
  tag: 'percent',
  ratio: { num: ratio(text).num, den: ratio(text).den * 100n },
})
const fixed = (minor: bigint, from = 0): Step => ({ from, tag: 'fixed', minor })

const ruleWith = (changes: Partial<CompiledRule> = {}, when: Partial<CompiledConditions> = {}): CompiledRule => ({
  ruleId: 'x',
  trigger: 'conversion',
  to: 'advocate',
  steps: [percent('10')],
  tiers: undefined,
  caps: [],
  ...changes,
  when: { ...noConditions, ...when },
})

const credit = (advocateId: string, changes: Partial<Credit> = {}): Credit => ({
  advocateId,
  parentId: undefined,
  parentSuspended: false,
  weight: 1n,
  amountMinor: 1000n,
  ...changes,
})

const revenueWith = (changes: Partial<Revenue> = {}): Revenue => ({
  netMinor: 2000n,
  fullyRefunded: false,
  rate: { num: 1n, den: 1n },
  country: 'DE',
  kind: 'purchase',
  categoryShare: () => ({ num: 1n, den: 2n }),
  ...changes,
})

const occasionWith = (changes: Partial<Occasion> = {}, revenue: Partial<Revenue> = {}): Occasion => ({
  trigger: 'conversion',
  customerId: 'c',
  firstOfCustomer: true,
  credits: [credit('anna'), credit('bert')],
  revenue: revenueWith(revenue),
  ...changes,
})

const nothing = (reason: RewardReason) => ({ tag: 'nothing', reason }) as const
const paid = (weight: bigint, creditedMinor: bigint, beneficiaryId: string) => ({
  weight,
  creditedMinor,
  beneficiaryId,
})
const unpaid = (weight: bigint, creditedMinor: bigint, reason: RewardReason) => ({ weight, creditedMinor, reason })

describe('whom a rule owes', () => {
  it('is every credited advocate, in order', () => {
    expect(applyRule(ruleWith(), occasionWith())).toStrictEqual({
      tag: 'due',
      shares: [paid(1n, 1000n, 'anna'), paid(1n, 1000n, 'bert')],
    })
  })

  it('is the referee, for all that is credited', () => {
    expect(applyRule(ruleWith({ to: 'referee' }), occasionWith())).toStrictEqual({
      tag: 'due',
      shares: [paid(1n, 2000n, 'c')],
    })
  })

  it('is each parent, for all of its children together', () => {
    const credits = [
      credit('anna', { parentId: 'p', weight: 2n, amountMinor: 700n }),
      credit('bert', { parentId: 'q' }),
      credit('carl', { parentId: 'p', weight: 3n, amountMinor: 50n }),
    ]
    expect(applyRule(ruleWith({ to: 'upline' }), occasionWith({ credits }))).toStrictEqual({
      tag: 'due',
      shares: [paid(5n, 750n, 'p'), paid(1n, 1000n, 'q')],
    })
  })

  it('is nobody for those without a parent or with a suspended one, while others are paid', () => {
    const credits = [
      credit('anna'),
      credit('bert', { parentId: 'q', parentSuspended: true }),
      credit('carl', { parentId: 'p' }),
      credit('dora', { weight: 4n }),
    ]
    expect(applyRule(ruleWith({ to: 'upline' }), occasionWith({ credits }))).toStrictEqual({
      tag: 'due',
      shares: [
        unpaid(1n, 1000n, 'no-parent'),
        unpaid(1n, 1000n, 'beneficiary-suspended'),
        paid(1n, 1000n, 'p'),
        unpaid(4n, 1000n, 'no-parent'),
      ],
    })
  })

  it.each<[RewardReason, Partial<Credit>]>([
    ['no-parent', {}],
    ['beneficiary-suspended', { parentId: 'p', parentSuspended: true }],
  ])('is nobody at all where no parent can be paid: %s', (reason, changes) => {
    const credits = [credit('anna', changes), credit('bert', { parentId: 'q', parentSuspended: true })]
    expect(applyRule(ruleWith({ to: 'upline' }), occasionWith({ credits }))).toStrictEqual(nothing(reason))
  })
})

describe('why a rule pays nothing', () => {
  /** What makes each reason hold, in order of precedence. */
  const causes: readonly [
    RewardReason,
    { when?: Partial<CompiledConditions>; occasion?: Partial<Occasion>; revenue?: Partial<Revenue> },
  ][] = [
    ['no-touch', { occasion: { credits: [] } }],
    ['fully-refunded', { revenue: { fullyRefunded: true } }],
    ['no-fx-rate', { revenue: { rate: undefined } }],
    ['below-min-amount', { when: { minAmountMinor: 2001n } }],
    ['customer-not-new', { when: { newCustomer: true }, occasion: { firstOfCustomer: false } }],
    ['country', { when: { countries: new Set(['FR']) } }],
    [
      'category',
      { when: { categories: new Set(['shoes']) }, revenue: { categoryShare: () => ({ num: 0n, den: 1n }) } },
    ],
    ['kind', { when: { kinds: new Set(['lead']) } }],
  ]

  it('is the first that holds, for every combination', () => {
    for (let bits = 1; bits < 2 ** causes.length; bits++) {
      const held = causes.filter((_cause, index) => bits & (1 << index))
      const when = Object.assign({}, ...held.map(([, cause]) => cause.when ?? {}))
      const occasion = Object.assign({}, ...held.map(([, cause]) => cause.occasion ?? {}))
      const revenue = Object.assign({}, ...held.map(([, cause]) => cause.revenue ?? {}))
      const outcome = applyRule(ruleWith({}, when), occasionWith(occasion, revenue))
      const reasons = held.map(([reason]) => reason)
      expect(outcome, reasons.join(' and ')).toStrictEqual(nothing(reasons[0] as RewardReason))
    }
  })

  it.each<[string, Partial<CompiledRule>, Partial<CompiledConditions>, Partial<Occasion>, RewardReason]>([
    [
      'a new customer is asked for and none is known',
      {},
      { newCustomer: true },
      { customerId: undefined },
      'customer-unknown',
    ],
    ['a referee is to be paid and none is known', { to: 'referee' }, {}, { customerId: undefined }, 'customer-unknown'],
    [
      'a referee is not known, but another condition fails first',
      { to: 'referee' },
      { kinds: new Set(['lead']) },
      { customerId: undefined },
      'kind',
    ],
    [
      'no customer comes before not a new one',
      {},
      { newCustomer: true },
      { customerId: undefined, firstOfCustomer: false },
      'customer-unknown',
    ],
  ])('%s', (_, rule, when, occasion, reason) => {
    expect(applyRule(ruleWith(rule, when), occasionWith(occasion))).toStrictEqual(nothing(reason))
  })

  it.each<[string, Partial<CompiledConditions>, Partial<Revenue>, RewardReason]>([
    ['no country is on no list', { countries: new Set(['DE']) }, { country: undefined }, 'country'],
    ['no kind is on no list', { kinds: new Set(['purchase']) }, { kind: undefined }, 'kind'],
  ])('%s', (_, when, revenue, reason) => {
    expect(applyRule(ruleWith({}, when), occasionWith({}, revenue))).toStrictEqual(nothing(reason))
  })

  it.each<[Partial<CompiledConditions>, RewardReason]>([
    [{ minAmountMinor: 0n }, 'below-min-amount'],
    [{ countries: new Set(['DE']) }, 'country'],
    [{ categories: new Set(['shoes']) }, 'category'],
    [{ kinds: new Set(['purchase']) }, 'kind'],
  ])('what has no revenue meets none of its conditions: %o', (when, reason) => {
    const occasion = occasionWith({ trigger: 'signup', revenue: undefined })
    expect(applyRule(ruleWith({ trigger: 'signup' }, when), occasion)).toStrictEqual(nothing(reason))
  })

  it('what has no revenue can still be a new customer’s', () => {
    const occasion = occasionWith({ trigger: 'signup', revenue: undefined, credits: [credit('anna')] })
    expect(applyRule(ruleWith({ trigger: 'signup' }, { newCustomer: true }), occasion).tag).toBe('due')
  })
})

describe('a least amount', () => {
  it.each<[string, bigint, Ratio, 'due' | 'nothing']>([
    ['exactly', 2000n, ratio('1'), 'due'],
    ['a cent less', 1999n, ratio('1'), 'nothing'],
    ['exactly, by a rate', 4000n, ratio('0.5'), 'due'],
    ['by less than half a cent less', 1739n, ratio('1.15'), 'nothing'],
    ['by less than half a cent more', 1740n, ratio('1.1495'), 'due'],
  ])('of 20.00 is compared exactly: %s', (_, netMinor, rate, tag) => {
    expect(applyRule(ruleWith({}, { minAmountMinor: 2000n }), occasionWith({}, { netMinor, rate })).tag).toBe(tag)
  })
})

describe('the step of a tier', () => {
  const steps = [percent('5'), percent('8', 10), percent('9', 11)]
  it.each([
    [0, 0],
    [9, 0],
    [10, 1],
    [11, 2],
    [1000, 2],
  ])('after %s earlier ones is number %s', (earlier, index) => {
    expect(stepAfter(steps, earlier)).toBe(index)
  })
})

describe('what a share comes to', () => {
  const shares: Share[] = [paid(1n, 1005n, 'anna'), unpaid(1n, 1000n, 'no-parent'), paid(4n, 999n, 'bert')]

  it.each<[string, Step, number, Partial<CompiledConditions>, Partial<Revenue>, bigint]>([
    ['a percentage, halves away from zero', percent('10'), 0, {}, {}, 101n],
    ['a percentage, rounded down', percent('10'), 1, {}, {}, 100n],
    ['a percentage of the matching items', percent('10'), 0, { categories: new Set(['shoes']) }, {}, 50n],
    ['a percentage by a rate', percent('10'), 0, {}, { rate: ratio('1.0946') }, 110n],
    // 1005 by a tenth by a third is 33.5: rounded once. By steps it would be 101, then 33.67.
    [
      'all of it rounded once',
      percent('10'),
      0,
      { categories: new Set(['shoes']) },
      { categoryShare: () => ({ num: 1n, den: 3n }) },
      34n,
    ],
    ['a part of a fixed amount', fixed(600n), 0, {}, {}, 100n],
    ['a part of a fixed amount that falls to nobody', fixed(600n), 1, {}, {}, 100n],
    ['a larger part of a fixed amount', fixed(600n), 2, {}, {}, 400n],
    ['the odd units to the largest remainder', fixed(601n), 2, {}, {}, 401n],
    ['a fixed amount whatever the items', fixed(600n), 2, { categories: new Set(['shoes']) }, {}, 400n],
    ['a fixed amount whatever the rate', fixed(600n), 2, {}, { rate: ratio('2') }, 400n],
  ])('%s', (_, step, index, when, revenue, minor) => {
    expect(amountOfShare(ruleWith({ steps: [step] }, when), step, shares, index, revenueWith(revenue))).toBe(minor)
  })

  it('is no percentage of what has no revenue', () => {
    expect(amountOfShare(ruleWith(), percent('10'), shares, 0, undefined)).toBe(0n)
    expect(amountOfShare(ruleWith(), fixed(600n), shares, 0, undefined)).toBe(100n)
  })
})
