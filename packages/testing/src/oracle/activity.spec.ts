import { describe, expect, it } from 'vitest'
import type { PlainEvent, Rule } from './log.ts'
import { k1, k2, k3, outcome, paying } from './outcome.ts'
import {
  click,
  conversion,
  day,
  disqualifiedTouch,
  enrolled,
  issued,
  linked,
  program,
  revoked,
  share,
  signup,
  suspended,
} from './story.ts'

const forSignup: Rule = { ruleId: 's', trigger: 'signup', to: 'advocate', amount: { fixed: '5.00' } }
const forReferee: Rule = { ...forSignup, ruleId: 'w', to: 'referee' }
const forClick: Rule = { ...forSignup, ruleId: 'k', trigger: 'click' }
const forShare: Rule = { ...forSignup, ruleId: 'h', trigger: 'share' }

describe('rewards of signups, clicks and shares', () => {
  const coded = signup('z', day(8), 'c', { visitorId: 'v', code: 'B' })
  const bare = signup('z', day(8), 'c', { visitorId: 'v' })
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'the owner of the code',
      [...program(paying(forSignup, forReferee)), k1, coded],
      ['s advocate B s/z 500', 'w referee c s/z 500'],
      [],
    ],
    [
      'else the last touch before',
      [...program(paying(forSignup)), k1, k2, click('k9', day(9), 'C'), bare],
      ['s advocate B s/z 500'],
      [],
    ],
    [
      'of a linked visitor too',
      [...program(paying(forSignup)), k1, linked('l', day(9), 'v', 'c'), signup('z', day(8), 'c')],
      ['s advocate A s/z 500'],
      [],
    ],
    [
      'a conversion spends nothing of what leads to a signup',
      [
        ...program({ ...paying(forSignup), attribution: { touchReuse: 'since-last-conversion' } }),
        k1,
        conversion('o', day(6), '1.00 EUR', { customerId: 'c', visitorId: 'v' }),
        bare,
      ],
      ['s advocate A s/z 500'],
      [],
    ],
    [
      'nobody without either',
      [...program(paying(forSignup, forReferee)), bare],
      [],
      ['s s/z no-touch', 'w s/z no-touch'],
    ],
    [
      'a revoked code does not fall back',
      [...program(paying(forSignup)), revoked('B', day(7)), k1, coded],
      [],
      ['s s/z revoked-code'],
    ],
    [
      'not for oneself',
      [...program(paying(forSignup, forReferee), { B: { customerId: 'c' } }), coded],
      [],
      ['s s/z self-referral', 'w s/z self-referral'],
    ],
    [
      'not while suspended',
      [...program(paying(forSignup)), suspended('B', day(8)), coded],
      [],
      ['s s/z advocate-suspended'],
    ],
    [
      'a click',
      [...program(paying(forClick)), k1, click('k9', day(9), 'X')],
      ['k advocate A s/k1 500'],
      ['k s/k9 unknown-code'],
    ],
    ['a disqualified click', [...program(paying(forClick)), k1, disqualifiedTouch('k1')], [], ['k s/k1 disqualified']],
    [
      'a code that arrives later',
      [...program(paying(forClick)), click('k9', day(9), 'X'), enrolled('G', {}, day(12)), issued('X', 'G', day(12))],
      ['k advocate G s/k9 500'],
      [],
    ],
    [
      'a share, with and without code',
      [...program(paying(forShare)), share('h1', day(5), 'A'), share('h2', day(5), 'B', 'b')],
      ['h advocate A s/h1 500', 'h advocate B s/h2 500'],
      [],
    ],
    [
      'the sharer’s upline',
      [...program(paying({ ...forShare, to: 'upline' }), { A: { parentAdvocateId: 'B' } }), share('h1', day(5), 'A')],
      ['h upline B s/h1 500'],
      [],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})

const climbing: Rule = {
  ...forClick,
  amount: {
    tiers: {
      by: 'conversions',
      steps: [
        { from: 0, fixed: '1.00' },
        { from: 1, fixed: '2.00' },
        { from: 2, percent: '10' },
      ],
    },
  },
}

describe('terms that only a conversion can meet, and some that others can', () => {
  const k9 = click('k9', day(9), 'A')
  const z = signup('z', day(8), 'c', { code: 'B' })
  const isNew: Rule = { ...forSignup, when: { customer: 'new' } }
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'percent of a click',
      [...program(paying({ ...forClick, amount: { percent: '10' } })), k1],
      [],
      ['k s/k1 A no-revenue'],
    ],
    [
      'a ladder counts the beneficiary’s clicks, and has no percent to give',
      [...program(paying(climbing)), k1, k2, k3, k9],
      ['k advocate A s/k1 100', 'k advocate B s/k2 100', 'k advocate A s/k3 200'],
      ['k s/k9 A no-revenue+rounds-to-zero'],
    ],
    [
      'one click a head',
      [...program(paying({ ...forClick, caps: { perAdvocate: { conversions: 1 } } })), k1, k2, k3],
      ['k advocate A s/k1 500', 'k advocate B s/k2 500'],
      ['k s/k3 A cap-per-advocate'],
    ],
    [
      'no click has a customer whose cap could bind',
      [...program(paying({ ...forClick, caps: { perCustomer: { conversions: 0 } } })), k1],
      ['k advocate A s/k1 500'],
      [],
    ],
    [
      'a click’s customer is unknown, so neither new nor paid',
      [...program(paying({ ...forClick, when: { customer: 'new' } }, { ...forClick, ruleId: 'r', to: 'referee' })), k1],
      [],
      ['k s/k1 customer-unknown', 'r s/k1 customer-unknown'],
    ],
    [
      'a signup has no amount, country, kind or items',
      [
        ...program(
          paying(
            { ...forSignup, ruleId: 'a', when: { minAmount: '0.00' } },
            { ...forSignup, ruleId: 'b', when: { countries: ['DE'] } },
            { ...forSignup, ruleId: 'c', when: { kinds: ['lead'] } },
            { ...forSignup, ruleId: 'd', when: { categories: ['shoes'] } },
          ),
        ),
        z,
      ],
      [],
      ['a s/z below-min-amount', 'b s/z country', 'c s/z kind', 'd s/z category'],
    ],
    [
      'who signs up before buying is new',
      [...program(paying(isNew)), z, conversion('o', day(9), '1.00 EUR', { customerId: 'c' })],
      ['s advocate B s/z 500'],
      [],
    ],
    [
      'who bought before is not, though it be told later',
      [...program(paying(isNew)), z, conversion('o', day(7), '1.00 EUR', { customerId: 'c' })],
      [],
      ['s s/z customer-not-new'],
    ],
    [
      'within a millisecond the order of ids decides',
      [...program(paying(isNew)), z, conversion('a', day(8), '1.00 EUR', { customerId: 'c' })],
      [],
      ['s s/z customer-not-new'],
    ],
    [
      'a share of another’s code is the owner’s',
      [...program(paying(forShare)), share('h', day(5), 'A', 'B')],
      ['h advocate B s/h 500'],
      [],
    ],
    [
      'a signup without a code that was thrown out is nobody’s',
      [...program(paying(forSignup)), k1, signup('z', day(8), 'c', { visitorId: 'v' }), disqualifiedTouch('z')],
      [],
      ['s s/z disqualified'],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})
