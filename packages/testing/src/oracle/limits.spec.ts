import { describe, expect, it } from 'vitest'
import type { Cap, PlainEvent, Rule } from './log.ts'
import { buys, hundred, k1, k2, linear, one, outcome, paying, ten } from './outcome.ts'
import { amended, click, type DraftTerms, day, program, refund, terms } from './story.ts'

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

describe('several limits', () => {
  const both: Rule = {
    ...ten,
    caps: { perAdvocate: { amount: '7.00' }, perProgram: { amount: '9.00', conversions: 2 } },
  }
  const k9 = click('k9', day(10.5), 'B')
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'the least room binds, each for its own reason',
      [...program(paying(both)), k1, hundred, k9, buys('o2', day(11), '100.00 EUR'), buys('o3', day(12), '1.00 EUR')],
      ['ten advocate A o 700', 'ten advocate B o2 200'],
      ['ten o3 B cap-per-program'],
    ],
    [
      'of a referee, the cap per advocate is his own',
      [
        ...program(paying({ ...one, to: 'referee', caps: { perAdvocate: { conversions: 1 } } })),
        k1,
        buys('o1', day(10), '5.00 EUR', { customerId: 'c' }),
        buys('o2', day(10), '5.00 EUR', { customerId: 'd' }),
        buys('o3', day(11), '5.00 EUR', { customerId: 'c' }),
      ],
      ['one referee c o1 100', 'one referee d o2 100'],
      ['one o3 c cap-per-advocate'],
    ],
    [
      'of an upline, it is the parent’s, whichever child earned it',
      [
        ...program(linear({ ...ten, to: 'upline', caps: { perAdvocate: { amount: '6.00' } } }), {
          A: { parentAdvocateId: 'C' },
          B: { parentAdvocateId: 'C' },
        }),
        k1,
        buys('o1', day(5.5), '40.00 EUR'),
        k2,
        buys('o2', day(11), '40.00 EUR'),
      ],
      ['ten upline C o1 400', 'ten upline C o2 200'],
      [],
    ],
    [
      'a place that is taken is kept when terms make places fewer',
      [
        ...program(paying({ ...ten, caps: { perProgram: { conversions: 1 } } })),
        terms(paying({ ...ten, caps: { perProgram: { conversions: 2 } } }), day(11)),
        k1,
        hundred,
        buys('o2', day(12), '10.00 EUR'),
        amended('a', day(13), 'o', '200.00 EUR'),
      ],
      ['ten advocate A o 2000', 'ten advocate A o2 100'],
      [],
    ],
    [
      'fixed steps are split by credit',
      [
        ...program(
          linear({ ...ladder, amount: { tiers: { by: 'conversions', steps: [{ from: 0, fixed: '1.01' }] } } }),
        ),
        k1,
        k2,
        hundred,
      ],
      ['l advocate A o 51', 'l advocate B o 50'],
      [],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})

/** Terms that arrive at the end of a story and hold from that day on. */
const later = (draft: DraftTerms, from = day(9)): PlainEvent => terms(draft, from)

describe('later versions', () => {
  const ofCustomer = (id: string, time: number, amount: string) => buys(id, time, amount, { customerId: 'c' })
  const five: Rule = { ...ten, caps: { perCustomer: { amount: '5.00' } } }
  const perProgram = (cap: Cap): Rule => ({ ...ten, caps: { perProgram: cap } })
  const climbing = (per?: 'month'): Rule => ({
    ...ten,
    amount: { tiers: { by: 'conversions', ...(per ? { per } : {}), steps: [...steps] } },
  })
  it.each<[string, PlainEvent[], string[], string[]]>([
    [
      'the same rule again moves nothing, though the earlier touch would now come first',
      [...program(linear(five)), k2, ofCustomer('o', day(10), '100.00 EUR'), k1, later(linear(five))],
      ['ten advocate B o 500'],
      ['ten o A cap-per-customer'],
    ],
    [
      'what stands is not cut by less room',
      [
        ...program(paying(perProgram({ amount: '5.00' }))),
        k1,
        buys('o', day(10), '24.70 EUR'),
        later(paying(perProgram({ amount: '2.00' }))),
      ],
      ['ten advocate A o 247'],
      [],
    ],
    [
      'nor lifted by more',
      [...program(paying(perProgram({ conversions: 0 }))), k1, hundred, later(paying(perProgram({ conversions: 4 })))],
      [],
      ['ten o A cap-per-program'],
    ],
    [
      'what gives more grows within the new room',
      [
        ...program(paying(perProgram({ amount: '5.00' }))),
        k1,
        hundred,
        later(paying({ ...perProgram({ amount: '8.00' }), amount: { percent: '20' } })),
      ],
      ['ten advocate A o 800'],
      [],
    ],
    [
      'a new cap counts what follows it alone',
      [
        ...program(paying(ten)),
        k1,
        hundred,
        later(paying(perProgram({ amount: '3.00' })), day(11)),
        buys('o2', day(12), '100.00 EUR'),
      ],
      ['ten advocate A o 1000', 'ten advocate A o2 300'],
      [],
    ],
    [
      'and so does one with another period',
      [
        ...program(paying(perProgram({ amount: '10.00', per: 'month' }))),
        k1,
        hundred,
        later(paying(perProgram({ amount: '3.00' })), day(11)),
        buys('o2', day(12), '100.00 EUR'),
      ],
      ['ten advocate A o 1000', 'ten advocate A o2 300'],
      [],
    ],
    [
      'a rule that becomes a ladder begins at its foot',
      [...program(paying(ten)), k1, hundred, later(paying(climbing()), day(11)), buys('o2', day(12), '10.00 EUR')],
      ['ten advocate A o 1000', 'ten advocate A o2 50'],
      [],
    ],
    [
      'what a ladder takes over takes a number: 5 % of 100, then 10 %',
      [...program(paying(ten)), k1, hundred, later(paying(climbing())), buys('o2', day(12), '10.00 EUR')],
      ['ten advocate A o 500', 'ten advocate A o2 100'],
      [],
    ],
    [
      'a number that was taken once is the same when its ladder comes back',
      [
        ...program(paying(climbing('month'))),
        k1,
        hundred,
        later(paying(climbing())),
        later(paying(climbing('month')), day(9, 1)),
        buys('o2', day(12), '10.00 EUR'),
      ],
      ['ten advocate A o 500', 'ten advocate A o2 100'],
      [],
    ],
    [
      'places are counted in any currency, amounts in their own',
      [
        ...program(paying(perProgram({ amount: '10.00', conversions: 1 }), { ...five, ruleId: 'five' })),
        k1,
        ofCustomer('o', day(10), '100.00 EUR'),
        later(
          { ...paying(perProgram({ amount: '10.00', conversions: 1 }), { ...five, ruleId: 'five' }), currency: 'USD' },
          day(11),
        ),
        ofCustomer('o2', day(12), '100.00 USD'),
      ],
      ['ten advocate A o 1000', 'five advocate A o 500', 'five advocate A o2 500'],
      ['ten o2 A cap-per-program'],
    ],
  ])('%s', (_, events, paid, silent) => {
    expect(outcome(events)).toEqual({ paid, silent })
  })
})
