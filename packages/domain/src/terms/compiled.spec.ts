import { describe, expect, it } from 'vitest'
import { exampleData } from '../events/events.examples.ts'
import { compileTerms, termsAt } from './compiled.ts'
import { termsSchema } from './schema.ts'

const versionOf = (changes: Record<string, unknown> = {}) => ({
  version: 3,
  publishedAt: 0,
  terms: termsSchema.parse({ ...exampleData['vouch.program.published.v1'], ...changes }),
})

const rule = (changes: Record<string, unknown>) => ({
  ruleId: 'x',
  trigger: 'conversion',
  to: 'advocate',
  amount: { percent: '10' },
  ...changes,
})

const compiledRule = (changes: Record<string, unknown>, currency = 'EUR') =>
  compileTerms(versionOf({ currency, rewards: [rule(changes)] })).rules[0]

describe('compiled terms', () => {
  it('are those of the contract’s example in ms, minor units and fractions', () => {
    const { rules, ...rest } = compileTerms(versionOf())
    expect(rest).toStrictEqual({
      version: 3,
      requireConsent: undefined,
      currency: 'EUR',
      rewardBy: 'last-touch',
      lookbackMs: { click: 30 * 86_400_000, signup: 365 * 86_400_000 },
      touchReuse: 'all',
      excludeSelfReferral: true,
      positionBased: { first: 400_000_000n, last: 400_000_000n },
      halfLifeMs: 7 * 86_400_000,
      horizonMs: 90 * 86_400_000,
      holdDays: 30,
    })
    expect(rules).toStrictEqual([
      {
        ruleId: 'ten-percent',
        trigger: 'conversion',
        to: 'advocate',
        steps: [{ from: 0, tag: 'percent', ratio: { num: 10n, den: 100n } }],
        tiers: undefined,
        when: {
          minAmountMinor: 2000n,
          newCustomer: true,
          countries: new Set(['DE', 'FR']),
          categories: new Set(['shoes']),
          kinds: new Set(['purchase']),
        },
        caps: [
          { scope: 'perAdvocate', per: 'month', amountMinor: 50_000n, conversions: undefined },
          { scope: 'perCustomer', per: 'ever', amountMinor: undefined, conversions: 1 },
          { scope: 'perProgram', per: 'ever', amountMinor: 10_000_000n, conversions: undefined },
        ],
      },
      {
        ruleId: 'welcome',
        trigger: 'signup',
        to: 'referee',
        steps: [{ from: 0, tag: 'fixed', minor: 500n }],
        tiers: undefined,
        when: {
          minAmountMinor: undefined,
          newCustomer: false,
          countries: undefined,
          categories: undefined,
          kinds: undefined,
        },
        caps: [],
      },
      {
        ruleId: 'ladder',
        trigger: 'conversion',
        to: 'advocate',
        steps: [
          { from: 0, tag: 'percent', ratio: { num: 5n, den: 100n } },
          { from: 10, tag: 'percent', ratio: { num: 8n, den: 100n } },
        ],
        tiers: 'month',
        when: {
          minAmountMinor: undefined,
          newCustomer: false,
          countries: undefined,
          categories: undefined,
          kinds: undefined,
        },
        caps: [],
      },
    ])
  })

  it.each<[string, string, bigint]>([
    ['EUR', '5', 500n],
    ['EUR', '5.5', 550n],
    ['EUR', '0.01', 1n],
    ['JPY', '500', 500n],
    ['KWD', '5.005', 5005n],
  ])('count %s %s as %s', (currency, fixed, minor) => {
    expect(compiledRule({ amount: { fixed } }, currency)?.steps).toStrictEqual([{ from: 0, tag: 'fixed', minor }])
  })

  it.each<[string, bigint, bigint]>([
    ['12.5', 125n, 1000n],
    ['100', 100n, 100n],
    ['0', 0n, 100n],
  ])('take %s percent exactly', (percent, num, den) => {
    expect(compiledRule({ amount: { percent } })?.steps).toStrictEqual([
      { from: 0, tag: 'percent', ratio: { num, den } },
    ])
  })

  it('count tiers for ever unless they say per month', () => {
    const tiers = { by: 'conversions', steps: [{ from: 0, percent: '5' }] }
    expect(compiledRule({ amount: { tiers } })?.tiers).toBe('ever')
    expect(compiledRule({ amount: { tiers: { ...tiers, per: 'month' } } })?.tiers).toBe('month')
  })

  it.each<[number, number, bigint, bigint]>([
    [0.3, 0.6, 300_000_000n, 600_000_000n],
    [0.1, 0.7, 100_000_000n, 700_000_000n],
    [0.333333333, 0.000000001, 333_333_333n, 1n],
    [0, 1, 0n, 1_000_000_000n],
  ])('take the positions %s and %s as they are written', (first, last, firstParts, lastParts) => {
    const attribution = { positionBased: { first, last } }
    expect(compileTerms(versionOf({ attribution })).positionBased).toStrictEqual({ first: firstParts, last: lastParts })
  })

  it('allow self-referral where the terms do', () => {
    expect(compileTerms(versionOf({ attribution: { selfReferral: 'allow' } })).excludeSelfReferral).toBe(false)
  })

  it('are compiled once', () => {
    const version = versionOf()
    expect(compileTerms(version)).toBe(compileTerms(version))
    expect(termsAt([version], Date.parse('2026-06-01'))).toBe(compileTerms(version))
  })

  it('are none before the first version', () => {
    expect(termsAt([versionOf()], Date.parse('2025-12-31T23:59:59.999Z'))).toBe(undefined)
  })
})
