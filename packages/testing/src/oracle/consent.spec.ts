import { describe, expect, it } from 'vitest'
import { auditLog } from './audit.ts'
import type { PlainEvent, Rule } from './log.ts'
import { outcome } from './outcome.ts'
import {
  click,
  consents,
  conversion,
  type DraftTerms,
  day,
  linked,
  logOf,
  program,
  revoked,
  share,
  signup,
  terms,
  withdraws,
} from './story.ts'

const asking: DraftTerms = { attribution: { requireConsent: 'referrals' } }

/** The linear path of conversion o as 'A:k1', what was lost as 'k2 reason', and what counts for nothing as 'z reason'. */
function told(...events: readonly PlainEvent[]): string {
  const audit = auditLog(logOf(...events))
  const linear = [...audit.attributions.keys()].map((key) => key.split('|')).filter((key) => key[2] === 'linear')
  const lost = [...audit.lostTouches].map(([key, [first]]) => `${key.split('|')[2]?.slice(2)} ${first}`)
  const nothing = [...audit.lostEvents].map(([key, [first]]) => `${key.split('|')[1]?.slice(2)} ${first}`)
  return [...linear.map((key) => `${key[3]}:${key[4]?.slice(2)}`), ...lost, ...nothing].join(', ')
}

const k = click('k', day(5), 'A')
const o = conversion('o', day(10), '10.00 EUR', { customerId: 'c', visitorId: 'v' })

describe('a conversion under terms that ask for consent', () => {
  it.each<[string, PlainEvent[], string]>([
    ['has no path if nothing is known of it', [k, o], 'k no-consent'],
    ['has one if it was given before', [consents('y', day(4), 'c'), k, o], 'A:k'],
    ['has one if it was given in its very millisecond', [k, o, consents('z', day(10), 'c')], 'A:k'],
    ['has none if it was given a millisecond later', [k, o, consents('a', day(10, 1), 'c')], 'k no-consent'],
    ['has one whenever the word of it arrives', [k, o, consents('y', day(9), 'c')], 'A:k'],
    ['has none if another customer gave it', [consents('y', day(4), 'd'), k, o], 'k no-consent'],
    ['has none if it was given to another purpose', [consents('y', day(4), 'c', 'news'), k, o], 'k no-consent'],
    [
      'has none if it was withdrawn since',
      [consents('y', day(4), 'c'), withdraws('n', day(9), 'c'), k, o],
      'k no-consent',
    ],
    ['has one if it was withdrawn later', [consents('y', day(4), 'c'), k, o, withdraws('n', day(10, 1), 'c')], 'A:k'],
    [
      'goes by the last word of one millisecond, by its id',
      [withdraws('a', day(4), 'c'), consents('b', day(4), 'c'), k, o],
      'A:k',
    ],
    [
      'goes by that order, not by that of arrival',
      [consents('a', day(4), 'c'), withdraws('b', day(4), 'c'), k, o].toReversed(),
      'k no-consent',
    ],
    [
      'has none without a customer, whoever its visitor is linked to',
      [
        consents('y', day(4), 'c'),
        k,
        linked('l', day(6), 'v', 'c'),
        conversion('o', day(10), '1.00 EUR', { visitorId: 'v' }),
      ],
      'k no-consent',
    ],
    [
      'loses its own coupon too',
      [conversion('o', day(10), '1.00 EUR', { customerId: 'c', code: 'B' })],
      'o no-consent',
    ],
    ['says so last, after all that speaks against a touch', [revoked('A', day(1)), k, o], 'k revoked-code'],
  ])('%s', (_, events, expected) => {
    expect(told(...program(asking), ...events)).toBe(expected)
  })

  it('is asked for nothing by terms that ask for none', () => {
    expect(told(...program(), k, o)).toBe('A:k')
  })

  it('follows the terms in force at its time', () => {
    const later = conversion('p', day(21), '1.00 EUR', { customerId: 'c', visitorId: 'v' })
    expect(told(...program(), terms(asking, day(20)), k, o, later)).toBe('A:k, k no-consent')
  })
})

const ofSignup: Rule = { ruleId: 's', trigger: 'signup', to: 'advocate', amount: { fixed: '5.00' } }
const ofClick: Rule = { ...ofSignup, ruleId: 'k', trigger: 'click' }
const ofShare: Rule = { ...ofSignup, ruleId: 'h', trigger: 'share' }

describe('a signup under terms that ask for consent', () => {
  const coded = signup('z', day(8), 'c', { visitorId: 'v', code: 'B' })
  const bare = signup('z', day(8), 'c', { visitorId: 'v' })
  const rules: DraftTerms = { ...asking, rewards: [ofSignup, ofClick, ofShare] }

  it.each<[string, PlainEvent[], string[], string[]]>([
    ['is nobody’s without it', [coded], [], ['s s/z no-consent']],
    ['is the owner’s of its code with it', [coded, consents('y', day(8), 'c')], ['s advocate B s/z 500'], []],
    ['is nobody’s if it came later', [coded, consents('y', day(8, 1), 'c')], [], ['s s/z no-consent']],
    ['without a code leads to nobody', [bare], [], ['s s/z no-touch']],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome([...program(rules), ...events])).toEqual({ paid, silent })
  })

  it('says that its code counts for nobody', () => {
    expect(told(...program(asking), coded)).toBe('z no-consent')
  })

  it('is a touch of a conversion by the consent at the conversion’s time', () => {
    const events = [...program(asking), coded, consents('y', day(9), 'c'), o]
    expect(told(...events)).toBe('B:z, z no-consent')
  })

  it('leaves clicks and shares alone, which no customer makes', () => {
    const { paid } = outcome([...program(rules), k, share('h', day(5), 'C')])
    expect(paid).toEqual(['h advocate C s/h 500', 'k advocate A s/k 500'])
  })
})
