import { describe, expect, it } from 'vitest'
import { auditLog } from './audit.ts'
import type { PlainEvent, Rule } from './log.ts'
import {
  amended,
  click,
  conversion,
  type DraftTerms,
  day,
  disqualifiedTouch,
  enrolled,
  granted,
  issued,
  item,
  linked,
  logOf,
  program,
  refund,
  revoked,
  share,
  signup,
  suspended,
  takenBack,
  terms,
  updated,
} from './story.ts'

/** 'rule role beneficiary trigger minor' a reward; who gets nothing as 'rule trigger beneficiary reason'. */
function outcome(events: readonly PlainEvent[]): { paid: string[]; silent: string[] } {
  const audit = auditLog(logOf(...events))
  return {
    paid: [...audit.rewards].map(([key, { amountMinor }]) => `${key.split('|').slice(1).join(' ')} ${amountMinor}`),
    silent: [...audit.unpaid].map(([key, reasons]) => {
      const [, trigger, rule, beneficiary] = key.split('|')
      return [rule, trigger, ...(beneficiary ? [beneficiary] : []), reasons.join('+')].join(' ')
    }),
  }
}

const paying = (...rewards: readonly Rule[]): DraftTerms => ({ rewards })
const linear = (...rewards: readonly Rule[]): DraftTerms => ({ rewards, attribution: { rewardBy: 'linear' } })
const ten: Rule = { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } }
const one: Rule = { ruleId: 'one', trigger: 'conversion', to: 'advocate', amount: { fixed: '1.00' } }
const uplineTen: Rule = { ...ten, ruleId: 'up', to: 'upline' }
const uplineOne: Rule = { ...one, ruleId: 'up', to: 'upline' }

const k1 = click('k1', day(5), 'A')
const k2 = click('k2', day(6), 'B')
const k3 = click('k3', day(7), 'A')
const hundred = conversion('o', day(10), '100.00 EUR')
const buys = (id: string, time: number, amount: string, who = {}) =>
  conversion(id, time, amount, { visitorId: 'v', ...who })
const isNew = { ...ten, when: { customer: 'new' } }
const atLeast20: Rule = { ...ten, when: { minAmount: '20.00' } }
const shoes: Rule = { ...ten, when: { categories: ['shoes'] } }
const basket = [item('shoes', '60.00 EUR'), item('hats', '30.00 EUR')]
const withBasket = buys('o', day(10), '100.00 EUR', { items: basket })

describe('rewards of a conversion', () => {
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'percent of the paying model’s revenue',
      [...program(paying(ten)), k1, k2, hundred],
      ['ten advocate B o 1000'],
      [],
    ],
    [
      'percent of the sum of a beneficiary’s touches, rounded once',
      [...program(linear(ten)), k1, k2, k3, buys('o', day(10), '1.00 EUR')],
      ['ten advocate A o 7', 'ten advocate B o 3'],
      [],
    ],
    [
      'halves go away from zero',
      [...program(paying({ ...ten, amount: { percent: '12.5' } })), k1, buys('o', day(10), '0.20 EUR')],
      ['ten advocate A o 3'],
      [],
    ],
    [
      'a fixed amount split by credit',
      [...program(linear(one)), k1, k2, k3, hundred],
      ['one advocate A o 67', 'one advocate B o 33'],
      [],
    ],
    ['nothing without a touch', [...program(paying(ten, one)), hundred], [], ['ten o no-touch', 'one o no-touch']],
    [
      'percent of a tiny sum is nothing, and says so',
      [...program(paying(ten)), k1, buys('o', day(10), '0.04 EUR')],
      [],
      ['ten o A rounds-to-zero'],
    ],
    [
      'shrinks with a refund',
      [...program(paying(ten)), k1, hundred, refund('r', day(11), 'o', '99.95 EUR')],
      ['ten advocate A o 1'],
      [],
    ],
    [
      'a fixed amount outlives a refund of all but a cent',
      [...program(paying(one)), k1, hundred, refund('r', day(11), 'o', '99.99 EUR')],
      ['one advocate A o 100'],
      [],
    ],
    [
      'and not the last cent',
      [...program(paying(one)), k1, hundred, refund('r', day(11), 'o', '100.00 EUR')],
      [],
      ['one o fully-refunded'],
    ],
    [
      'nor an amendment to nothing',
      [...program(paying(one)), k1, hundred, amended('a', day(11), 'o', '0.00 EUR')],
      [],
      ['one o fully-refunded'],
    ],
    [
      'a fixed amount for a lead of nothing',
      [...program(paying(one)), k1, buys('o', day(10), '0.00 EUR', { kind: 'lead' })],
      ['one advocate A o 100'],
      [],
    ],
    [
      'upline: percent of its advocates’ revenue',
      [...program(linear(uplineTen), { A: { parentAdvocateId: 'C' }, B: { parentAdvocateId: 'C' } }), k1, k2, hundred],
      ['up upline C o 1000'],
      [],
    ],
    [
      'upline: a fixed amount only for the part that has one',
      [...program(linear(uplineOne), { A: { parentAdvocateId: 'C' } }), k1, k2, hundred],
      ['up upline C o 50'],
      ['up o no-parent'],
    ],
    [
      'no upline while suspended',
      [...program(paying(uplineTen), { A: { parentAdvocateId: 'B' } }), suspended('B', day(10)), k1, hundred],
      [],
      ['up o beneficiary-suspended'],
    ],
    ['no upline', [...program(paying(uplineTen)), k1, hundred], [], ['up o no-parent']],
    [
      'an upline who never enrolled',
      [...program(paying(uplineTen), { A: { parentAdvocateId: 'Z' } }), k1, hundred],
      ['up upline Z o 1000'],
      [],
    ],
    [
      'nobody is their own upline',
      [...program(paying(uplineTen), { A: { parentAdvocateId: 'A' } }), k1, hundred],
      [],
      ['up o no-parent'],
    ],
    [
      'the parent of the conversion’s time',
      [
        ...program(paying(uplineTen), { A: { parentAdvocateId: 'B' } }),
        k1,
        hundred,
        updated('A', day(10, 1), { parentAdvocateId: 'C' }),
        buys('later', day(11), '10.00 EUR'),
      ],
      ['up upline B o 1000', 'up upline C later 100'],
      [],
    ],
    [
      'the referee gets his own',
      [...program(paying({ ...one, to: 'referee' })), k1, buys('o', day(10), '1.00 EUR', { customerId: 'c' })],
      ['one referee c o 100'],
      [],
    ],
    [
      'a referee needs a customer',
      [...program(paying({ ...one, to: 'referee' })), k1, hundred],
      [],
      ['one o customer-unknown'],
    ],
    [
      'the minimum is met',
      [...program(paying(atLeast20)), k1, buys('o', day(10), '20.00 EUR')],
      ['ten advocate A o 200'],
      [],
    ],
    [
      'the minimum is missed by a cent',
      [...program(paying(atLeast20)), k1, buys('o', day(10), '19.99 EUR')],
      [],
      ['ten o below-min-amount'],
    ],
    [
      'the minimum is missed after a refund',
      [...program(paying(atLeast20)), k1, buys('o', day(10), '20.00 EUR'), refund('r', day(11), 'o', '0.01 EUR')],
      [],
      ['ten o below-min-amount'],
    ],
    [
      'the minimum in the program’s currency, and one rounding: 22.22 × 0.9001 = 20.000222, a tenth of it 2.00',
      [...program(paying(atLeast20)), k1, buys('o', day(10), '22.22 USD', { fxRate: '0.9001' })],
      ['ten advocate A o 200'],
      [],
    ],
    [
      'yen to cents: 2500 × 0.0061 = 15.25, a tenth of it 1.53',
      [...program(paying(ten)), k1, buys('o', day(10), '2500 JPY', { fxRate: '0.0061' })],
      ['ten advocate A o 153'],
      [],
    ],
    [
      'dinar to cents: 1.005 × 3 = 3.015, a tenth of it 0.30',
      [...program(paying(ten)), k1, buys('o', day(10), '1.005 KWD', { fxRate: '3' })],
      ['ten advocate A o 30'],
      [],
    ],
    [
      'no rate, nothing at all',
      [...program(paying(ten, one)), k1, buys('o', day(10), '25.00 USD')],
      [],
      ['ten o no-fx-rate', 'one o no-fx-rate'],
    ],
    [
      'a rate of one’s own currency is not looked at',
      [...program(paying(ten, one)), k1, buys('o', day(10), '25.00 EUR', { fxRate: '3' })],
      ['ten advocate A o 250', 'one advocate A o 100'],
      [],
    ],
    [
      'a cent less than a hundred thousand million',
      [...program(paying(ten)), k1, buys('o', day(10), '99999999999.99 EUR')],
      ['ten advocate A o 1000000000000'],
      [],
    ],
    [
      'from a hundred thousand million on nothing, which is also five hundred thousand million yen at 0.2',
      [
        ...program(paying(one)),
        k1,
        buys('o', day(10), '100000000000.00 EUR'),
        buys('q', day(10), '500000000000 JPY', { fxRate: '0.2' }),
      ],
      [],
      ['one o amount-too-large', 'one q amount-too-large'],
    ],
    [
      'categories: sixty of a hundred, ten of which are shipping: 10 % of 100 × 60/100',
      [...program(paying(shoes)), k1, withBasket],
      ['ten advocate A o 600'],
      [],
    ],
    [
      'categories: items for ninety sold at eighty: 10 % of 80 × 60/90 = 5.33',
      [...program(paying(shoes)), k1, buys('o', day(10), '80.00 EUR', { items: basket })],
      ['ten advocate A o 533'],
      [],
    ],
    [
      'categories: and the hats went back for 26.67, so that all that is left is shoes: 10 % of 53.33',
      [
        ...program(paying(shoes)),
        k1,
        buys('o', day(10), '80.00 EUR', { items: basket }),
        refund('r', day(11), 'o', '26.67 EUR', [item('hats', '30.00 EUR')]),
      ],
      ['ten advocate A o 533'],
      [],
    ],
    [
      'categories: after the hats went back: 10 % of 70 × 60/70',
      [...program(paying(shoes)), k1, withBasket, refund('r', day(11), 'o', '30.00 EUR', [item('hats', '30.00 EUR')])],
      ['ten advocate A o 600'],
      [],
    ],
    [
      'categories: half of it back, nobody says what: 10 % of 50 × 60/100',
      [...program(paying(shoes)), k1, withBasket, refund('r', day(11), 'o', '50.00 EUR')],
      ['ten advocate A o 300'],
      [],
    ],
    [
      'categories: the hats went back less a fee of five: 10 % of 75 × 60/75',
      [...program(paying(shoes)), k1, withBasket, refund('r', day(11), 'o', '25.00 EUR', [item('hats', '30.00 EUR')])],
      ['ten advocate A o 600'],
      [],
    ],
    [
      'categories: one of two pairs went back, known by its sku alone: 10 % of 60 × 20/60',
      [
        ...program(paying(shoes)),
        k1,
        withBasket,
        refund('r', day(11), 'o', '40.00 EUR', [{ sku: 'shoes', amount: { value: '40.00', currency: 'EUR' } }]),
      ],
      ['ten advocate A o 200'],
      [],
    ],
    [
      'categories: after the shoes went back',
      [...program(paying(shoes)), k1, withBasket, refund('r', day(11), 'o', '60.00 EUR', [item('shoes', '60.00 EUR')])],
      [],
      ['ten o category'],
    ],
    [
      'categories: more hats went back than were bought',
      [...program(paying(shoes)), k1, withBasket, refund('r', day(11), 'o', '40.00 EUR', [item('hats', '40.00 EUR')])],
      ['ten advocate A o 600'],
      [],
    ],
    ['categories without items', [...program(paying(shoes)), k1, hundred], [], ['ten o category']],
    [
      'new: the first by time, wherever it stands in the log',
      [
        ...program(paying(isNew)),
        k1,
        buys('o', day(10), '10.00 EUR', { customerId: 'c' }),
        buys('n', day(9), '20.00 EUR', { customerId: 'c' }),
      ],
      ['ten advocate A n 200'],
      ['ten o customer-not-new'],
    ],
    [
      'new: not who bought before the terms',
      [
        ...program().slice(1),
        terms(paying(isNew), day(8)),
        click('k9', day(9), 'A'),
        buys('n', day(7), '20.00 EUR', { customerId: 'c' }),
        buys('o', day(10), '10.00 EUR', { customerId: 'c' }),
      ],
      [],
      ['ten o customer-not-new'],
    ],
    ['new: nobody knows without a customer', [...program(paying(isNew)), k1, hundred], [], ['ten o customer-unknown']],
    [
      'countries',
      [
        ...program(paying({ ...ten, when: { countries: ['DE'] } })),
        k1,
        hundred,
        buys('q', day(11), '1.00 EUR', { country: 'DE' }),
      ],
      ['ten advocate A q 10'],
      ['ten o country'],
    ],
    [
      'kinds',
      [
        ...program(paying({ ...ten, when: { kinds: ['lead'] } })),
        k1,
        hundred,
        buys('q', day(11), '1.00 EUR', { kind: 'lead' }),
      ],
      ['ten advocate A q 10'],
      ['ten o kind'],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})

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

describe('by hand', () => {
  it.each<[string, PlainEvent[], string[]]>([
    [
      'granted and revoked',
      [...program(), granted('g', day(5), 'A', '7.50 EUR'), takenBack('t', day(6), 'A', '9.00 USD')],
      [' advocate A s/g 750', ' advocate A s/t -900'],
    ],
    ['to one who never enrolled', [...program(), granted('g', day(5), 'Z', '7.50 EUR')], [' advocate Z s/g 750']],
    ['waits for the conversion', [...program(), granted('g', day(5), 'A', '7.50 EUR', 'o')], []],
    [
      'the conversion came',
      [...program(), granted('g', day(5), 'A', '7.50 EUR', 'o'), hundred],
      [' advocate A s/g 750'],
    ],
  ])('%s', (_, events, paid) => {
    expect(outcome(events).paid).toEqual(paid)
  })

  it('keeps the terms that it was first booked under', () => {
    const later = { ...terms({ holdDays: 0 }, day(4)), id: 'later' }
    const { rewards } = auditLog(
      logOf(
        ...program(),
        granted('g', day(5), 'A', '7.50 EUR'),
        granted('w', day(5), 'A', '1.00 EUR', 'o'),
        later,
        hundred,
      ),
    )
    expect([...rewards.values()].map(({ availableOn, termsVersion }) => `${availableOn} v${termsVersion}`)).toEqual([
      '2026-02-04 v1',
      '2026-01-05 v2',
    ])
  })

  it('is held when granted, and taken back at once', () => {
    const { rewards } = auditLog(
      logOf(...program(), granted('g', day(5), 'A', '7.50 EUR'), takenBack('t', day(6), 'A', '7.50 EUR')),
    )
    expect([...rewards.values()].map(({ availableOn }) => availableOn)).toEqual(['2026-02-04', '2026-01-06'])
  })
})

const perMonth: Rule = { ...ten, caps: { perAdvocate: { amount: '10.00', per: 'month' } } }
const inAll: Rule = { ...ten, caps: { perProgram: { amount: '10.00' } } }
const onceACustomer: Rule = { ...one, when: { minAmount: '5.00' }, caps: { perCustomer: { conversions: 1 } } }
const sixty = buys('o1', day(10), '60.00 EUR')
const sixtyMore = buys('o2', day(11), '60.00 EUR')
const c = { customerId: 'c' }

describe('caps', () => {
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'what is left is paid, then nothing',
      [...program(paying(perMonth)), k1, sixty, sixtyMore, buys('o3', day(12), '1.00 EUR')],
      ['ten advocate A o1 600', 'ten advocate A o2 400'],
      ['ten o3 A cap-per-advocate'],
    ],
    [
      'each month has its own',
      [...program(paying(perMonth)), k1, hundred, buys('o2', day(32), '50.00 EUR')],
      ['ten advocate A o 1000', 'ten advocate A o2 500'],
      [],
    ],
    [
      'each advocate has his own',
      [...program(paying(perMonth)), k1, hundred, click('k9', day(11), 'B'), buys('o2', day(12), '50.00 EUR')],
      ['ten advocate A o 1000', 'ten advocate B o2 500'],
      [],
    ],
    [
      'all share the program’s',
      [...program(paying(inAll)), k1, hundred, click('k9', day(11), 'B'), buys('o2', day(12), '50.00 EUR')],
      ['ten advocate A o 1000'],
      ['ten o2 B cap-per-program'],
    ],
    [
      'first come, by the log, not by time',
      [...program(paying(perMonth)), k1, sixtyMore, sixty],
      ['ten advocate A o2 600', 'ten advocate A o1 400'],
      [],
    ],
    [
      'a refund frees room for later accruals',
      [
        ...program(paying(perMonth)),
        k1,
        sixty,
        sixtyMore,
        refund('r', day(12), 'o1', '60.00 EUR'),
        buys('o3', day(13), '30.00 EUR'),
      ],
      ['ten advocate A o2 400', 'ten advocate A o3 300'],
      ['ten o1 fully-refunded'],
    ],
    [
      'a refund above what was paid takes nothing',
      [...program(paying(perMonth)), k1, sixty, sixtyMore, refund('r', day(12), 'o2', '15.00 EUR')],
      ['ten advocate A o1 600', 'ten advocate A o2 400'],
      [],
    ],
    [
      'a refund never lifts',
      [
        ...program(paying(perMonth)),
        k1,
        sixty,
        sixtyMore,
        refund('r', day(12), 'o1', '60.00 EUR'),
        refund('q', day(12), 'o2', '1.00 EUR'),
      ],
      ['ten advocate A o2 400'],
      ['ten o1 fully-refunded'],
    ],
    [
      'a growing reward takes what room is left',
      [
        ...program(paying(perMonth)),
        k1,
        sixty,
        sixtyMore,
        refund('r', day(12), 'o1', '50.00 EUR'),
        amended('a', day(13), 'o2', '95.00 EUR'),
      ],
      ['ten advocate A o1 100', 'ten advocate A o2 900'],
      [],
    ],
    [
      'credit that moves takes its room along',
      [...program(paying(inAll)), k1, hundred, click('k9', day(9), 'B')],
      ['ten advocate B o 1000'],
      [],
    ],
    [
      'one a customer',
      [
        ...program(paying(onceACustomer)),
        k1,
        buys('o1', day(10), '5.00 EUR', c),
        buys('o2', day(11), '5.00 EUR', c),
        buys('o3', day(11), '5.00 EUR', { customerId: 'd' }),
      ],
      ['one advocate A o1 100', 'one advocate A o3 100'],
      ['one o2 A cap-per-customer'],
    ],
    [
      'a place that comes free serves the next',
      [
        ...program(paying(onceACustomer)),
        k1,
        buys('o1', day(10), '5.00 EUR', c),
        buys('o2', day(11), '5.00 EUR', c),
        refund('r', day(12), 'o1', '1.00 EUR'),
        buys('o3', day(13), '5.00 EUR', c),
      ],
      ['one advocate A o3 100'],
      ['one o1 below-min-amount', 'one o2 A cap-per-customer'],
    ],
    [
      'one place holds all of a conversion’s advocates',
      [...program(linear(onceACustomer)), k1, k2, buys('o1', day(10), '5.00 EUR', c)],
      ['one advocate A o1 50', 'one advocate B o1 50'],
      [],
    ],
    [
      'a new version with less room than is taken takes nothing back',
      [
        ...program(paying(perMonth)),
        k1,
        hundred,
        terms(paying({ ...perMonth, caps: { perAdvocate: { amount: '4.00', per: 'month' } } }), day(11)),
        sixtyMore,
      ],
      ['ten advocate A o 1000'],
      ['ten o2 A cap-per-advocate'],
    ],
    [
      'a new version has the same room',
      [...program(paying(perMonth)), terms(paying(perMonth), day(11)), k1, sixty, sixtyMore],
      ['ten advocate A o1 600', 'ten advocate A o2 400'],
      [],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})

const steps = [
  { from: 0, percent: '5' },
  { from: 1, percent: '10' },
  { from: 2, percent: '20' },
]
const ladder: Rule = {
  ruleId: 'l',
  trigger: 'conversion',
  to: 'advocate',
  amount: { tiers: { by: 'conversions', per: 'month', steps } },
}
const fussyLadder: Rule = { ...ladder, when: { minAmount: '5.00' } }

describe('tiers', () => {
  const first = buys('o1', day(10), '10.00 EUR')
  const second = buys('o2', day(11), '10.00 EUR')
  const third = buys('o3', day(12), '10.00 EUR')
  it.each<[string, PlainEvent[], string[]]>([
    [
      'each step for one conversion alone',
      [...program(paying(ladder)), k1, first, second, third, buys('o4', day(13), '10.00 EUR')],
      ['l advocate A o1 50', 'l advocate A o2 100', 'l advocate A o3 200', 'l advocate A o4 200'],
    ],
    [
      'by the log, not by time',
      [...program(paying(ladder)), k1, second, first],
      ['l advocate A o2 50', 'l advocate A o1 100'],
    ],
    [
      'each month begins anew',
      [
        ...program(paying(ladder)),
        click('k', day(20), 'A'),
        buys('o1', day(31), '10.00 EUR'),
        buys('o2', day(32), '10.00 EUR'),
      ],
      ['l advocate A o1 50', 'l advocate A o2 50'],
    ],
    [
      'each advocate climbs alone',
      [...program(paying(ladder)), k1, first, click('k9', day(10.5), 'B'), second],
      ['l advocate A o1 50', 'l advocate B o2 50'],
    ],
    [
      'a refund shrinks the reward, not the step',
      [...program(paying(ladder)), k1, first, second, refund('r', day(12), 'o2', '5.00 EUR')],
      ['l advocate A o1 50', 'l advocate A o2 50'],
    ],
    [
      'the step stays when an earlier one fails',
      [...program(paying(fussyLadder)), k1, first, second, refund('r', day(12), 'o1', '6.00 EUR')],
      ['l advocate A o2 100'],
    ],
    [
      'one that no longer qualifies keeps its number',
      [...program(paying(fussyLadder)), k1, first, refund('r', day(10.5), 'o1', '6.00 EUR'), second],
      ['l advocate A o2 100'],
    ],
    [
      'one that never qualified has none',
      [...program(paying(fussyLadder)), k1, buys('o1', day(10), '4.00 EUR'), second],
      ['l advocate A o2 50'],
    ],
    [
      'one of nothing has one',
      [...program(paying(ladder)), k1, buys('o1', day(10), '0.00 EUR'), second],
      ['l advocate A o2 100'],
    ],
    [
      'first accrual may come late',
      [...program(paying(ladder)), first, second, click('k9', day(10.5), 'A'), click('k8', day(9), 'A')],
      ['l advocate A o2 50', 'l advocate A o1 100'],
    ],
  ])('%s', (_, events, paid) => {
    expect(outcome(events).paid).toEqual(paid)
  })
})

describe('hold', () => {
  it('is counted in days from the trigger’s own time, by the version of that time', () => {
    const audit = auditLog(
      logOf(
        ...program(paying(ten)),
        terms({ rewards: [ten], holdDays: 0 }, day(11)),
        k1,
        buys('o', day(10.5), '1.00 EUR'),
        sixtyMore,
      ),
    )
    expect(
      [...audit.rewards.values()].map(({ availableOn, termsVersion }) => `${availableOn} v${termsVersion}`),
    ).toEqual(['2026-02-09 v1', '2026-01-11 v2'])
  })
})
