import { describe, expect, it } from 'vitest'
import { auditLog } from './audit.ts'
import type { PlainEvent, Rule } from './log.ts'
import { buys, hundred, k1, k2, k3, linear, one, outcome, paying, ten } from './outcome.ts'
import {
  amended,
  click,
  day,
  granted,
  item,
  logOf,
  program,
  refund,
  suspended,
  takenBack,
  terms,
  updated,
} from './story.ts'

const uplineTen: Rule = { ...ten, ruleId: 'up', to: 'upline' }
const uplineOne: Rule = { ...one, ruleId: 'up', to: 'upline' }
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

const sixtyMore = buys('o2', day(11), '60.00 EUR')

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
