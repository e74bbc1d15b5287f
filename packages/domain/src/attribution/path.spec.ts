import { describe, expect, it } from 'vitest'
import type { CompiledTerms } from '../terms/compiled.ts'
import { choosePath, type Destination, type Surroundings, type Touch, type TouchReason, touchReasons } from './path.ts'

const conversionAt = 1_000_000
const lookbackMs = { click: 1000, signup: 5000 }
const horizonMs = 200

const termsWith = (changes: Partial<CompiledTerms> = {}): CompiledTerms => ({
  version: 1,
  currency: 'EUR',
  rewardBy: 'last-touch',
  lookbackMs,
  touchReuse: 'since-last-conversion',
  excludeSelfReferral: true,
  positionBased: { first: 400_000_000n, last: 400_000_000n },
  halfLifeMs: 1,
  horizonMs,
  requireConsent: undefined,
  holdDays: 30,
  rules: [],
  ...changes,
})

const click = (changes: Partial<Touch> = {}): Touch => ({
  time: conversionAt - 10,
  source: 'app',
  id: 'k',
  touchId: 'click:app:k',
  kind: 'click',
  codeKey: 'anna',
  ...changes,
})

/** A program that knows one code of one advocate, and nothing against either. */
const knownProgram = (changes: Partial<Surroundings> = {}): Surroundings => ({
  termsAt: () => termsWith(),
  codeOf: (codeKey) => (codeKey === 'anna' ? { advocateId: 'anna', revokedAt: undefined } : undefined),
  isSuspended: () => false,
  customerOf: () => undefined,
  isDisqualified: () => false,
  ...changes,
})

const destination: Destination = { time: conversionAt, customerId: 'c', previousAt: undefined, consented: true }

const outcomeOf = (
  touch: Touch,
  { around = knownProgram(), to = destination, terms = termsWith() } = {},
): 'in the path' | 'nowhere' | TouchReason => {
  const { path, lost } = choosePath(to, [touch], terms, around)
  expect(path.length + lost.length).toBeLessThanOrEqual(1)
  return lost[0]?.reason ?? (path.length === 1 ? 'in the path' : 'nowhere')
}

describe('why a touch is not in a path', () => {
  it('is given in this order of precedence', () => {
    expect(touchReasons).toStrictEqual([
      'no-terms',
      'outside-look-back',
      'unknown-code',
      'revoked-code',
      'advocate-suspended',
      'self-referral',
      'disqualified',
      'before-previous-conversion',
      'beyond-horizon',
      'no-consent',
    ])
  })

  /** Whatever combination of reasons holds. */
  const subsets = Array.from({ length: 2 ** touchReasons.length - 1 }, (_, bits) =>
    touchReasons.filter((_reason, index) => (bits + 1) & (1 << index)),
  )

  it('is the first of those that hold, for all combinations', () => {
    for (const reasons of subsets) {
      const has = (reason: TouchReason) => reasons.includes(reason)
      const time = conversionAt - (has('outside-look-back') ? lookbackMs.click + 1 : 10)
      const touch = click({ time, ...(has('beyond-horizon') ? { lateMs: horizonMs + 1 } : {}) })
      const owner = { advocateId: 'anna', revokedAt: has('revoked-code') ? time : undefined }
      const around = knownProgram({
        termsAt: () => (has('no-terms') ? undefined : termsWith()),
        codeOf: () => (has('unknown-code') ? undefined : owner),
        isSuspended: () => has('advocate-suspended'),
        customerOf: () => (has('self-referral') ? 'c' : undefined),
        isDisqualified: () => has('disqualified'),
      })
      const to = {
        ...destination,
        previousAt: has('before-previous-conversion') ? time : undefined,
        consented: !has('no-consent'),
      }
      expect(outcomeOf(touch, { around, to }), reasons.join(' and ')).toBe(reasons[0])
    }
  })
})

describe('a touch', () => {
  it.each<[string, Touch, ReturnType<typeof outcomeOf>]>([
    ['counts with its advocate', click(), 'in the path'],
    ['counts at the moment itself, whatever its id', click({ time: conversionAt, id: 'zzz' }), 'in the path'],
    ['is nowhere a millisecond later', click({ time: conversionAt + 1 }), 'nowhere'],
    ['counts at the end of the look-back', click({ time: conversionAt - 1000 }), 'in the path'],
    ['is lost a millisecond further back', click({ time: conversionAt - 1001 }), 'outside-look-back'],
    ['is lost as far back as the horizon adds', click({ time: conversionAt - 1200 }), 'outside-look-back'],
    ['is nowhere further back', click({ time: conversionAt - 1201 }), 'nowhere'],
    [
      'that is a signup has a look-back of its own',
      click({ kind: 'signup', time: conversionAt - 5000 }),
      'in the path',
    ],
    ['that is a coupon has none', click({ kind: 'coupon', time: conversionAt - 1 }), 'outside-look-back'],
    ['that is a coupon counts at the moment itself', click({ kind: 'coupon', time: conversionAt }), 'in the path'],
    ['may be exactly as late as the horizon', click({ lateMs: horizonMs }), 'in the path'],
    ['may be no later', click({ lateMs: horizonMs + 1 }), 'beyond-horizon'],
  ])('%s', (_, touch, outcome) => {
    expect(outcomeOf(touch)).toBe(outcome)
  })

  it('is judged by the horizon of its own time, and by the look-back of the conversion’s', () => {
    const own = termsWith({ horizonMs: 5000, lookbackMs: { click: 1, signup: 1 } })
    const around = knownProgram({ termsAt: (time) => (time < conversionAt ? own : termsWith()) })
    expect(outcomeOf(click({ lateMs: 5000 }), { around })).toBe('in the path')
    expect(outcomeOf(click({ lateMs: 5001 }), { around })).toBe('beyond-horizon')
  })

  it('before the revocation of its code keeps its credit', () => {
    const revokedAt = (time: number) => knownProgram({ codeOf: () => ({ advocateId: 'anna', revokedAt: time }) })
    const { time } = click()
    expect(outcomeOf(click(), { around: revokedAt(time + 1) })).toBe('in the path')
    expect(outcomeOf(click(), { around: revokedAt(time) })).toBe('revoked-code')
  })

  it('asks who the advocate is at the conversion’s time', () => {
    const asked: [string, string, number][] = []
    const around = knownProgram({
      isSuspended: (id, time) => asked.push(['suspended', id, time]) < 0,
      customerOf: (id, time) => (asked.push(['customer', id, time]) < 0 ? 'c' : undefined),
    })
    outcomeOf(click(), { around })
    expect(asked).toStrictEqual([
      ['suspended', 'anna', conversionAt],
      ['customer', 'anna', conversionAt],
    ])
  })

  it.each<[string, Partial<CompiledTerms>, Partial<Destination>, ReturnType<typeof outcomeOf>]>([
    ['is excluded for the advocate’s own customer', {}, {}, 'self-referral'],
    ['is not for another customer', {}, { customerId: 'd' }, 'in the path'],
    ['is not without a customer', {}, { customerId: undefined }, 'in the path'],
    ['is not where it is allowed', { excludeSelfReferral: false }, {}, 'in the path'],
  ])('of oneself %s', (_, terms, to, outcome) => {
    const around = knownProgram({ customerOf: () => 'c' })
    expect(outcomeOf(click(), { around, to: { ...destination, ...to }, terms: termsWith(terms) })).toBe(outcome)
  })

  it.each<[string, Partial<Touch>, Partial<CompiledTerms>, number, ReturnType<typeof outcomeOf>]>([
    ['in its millisecond', {}, {}, conversionAt - 10, 'before-previous-conversion'],
    ['before it', {}, {}, conversionAt - 9, 'before-previous-conversion'],
    ['not after it', {}, {}, conversionAt - 11, 'in the path'],
    ['not if touches are reused', {}, { touchReuse: 'all' }, conversionAt - 9, 'in the path'],
    ['never a coupon', { kind: 'coupon', time: conversionAt }, {}, conversionAt, 'in the path'],
  ])('is spent by the previous conversion: %s', (_, touch, terms, previousAt, outcome) => {
    expect(outcomeOf(click(touch), { to: { ...destination, previousAt }, terms: termsWith(terms) })).toBe(outcome)
  })
})

describe('a path', () => {
  it('is in order, and so is what was lost', () => {
    const touches = [
      click({ id: 'c', time: conversionAt - 5 }),
      click({ id: 'b', time: conversionAt - 7, codeKey: 'nobody' }),
      click({ id: 'a', time: conversionAt - 7 }),
      click({ id: 'z', time: conversionAt - 9, codeKey: 'nobody' }),
      click({ id: 'y', source: 'aaa', time: conversionAt - 7 }),
    ]
    const { path, lost } = choosePath(destination, touches, termsWith(), knownProgram())
    expect(path.map(({ id, advocateId }) => `${id} ${advocateId}`)).toStrictEqual(['y anna', 'a anna', 'c anna'])
    expect(lost.map(({ id, reason }) => `${id} ${reason}`)).toStrictEqual(['z unknown-code', 'b unknown-code'])
  })

  it('leaves the candidates as they were', () => {
    const touches = Object.freeze([click({ id: 'b' }), click({ id: 'a' })])
    choosePath(destination, touches, termsWith(), knownProgram())
    expect(touches.map(({ id }) => id)).toStrictEqual(['b', 'a'])
  })
})
