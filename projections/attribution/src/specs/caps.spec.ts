import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, program, rule, signup } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const b = click('w', 'BERT', { at: '01-05', id: 'b' })
/** Ten percent, capped. */
const capped = (caps: Record<string, unknown>, more: Record<string, unknown> = {}) => [
  ...program({ rewards: [rule('x', { caps, ...more })], attribution: { lookback: { click: '90d', signup: '90d' } } }),
  k,
  b,
]
const o = (id: string, amount: string, at = '01-10', more: Bought = { visitorId: 'v' }) =>
  conversion(id, amount, { at, ...more })
const byBert = { visitorId: 'w' }

describe('a cap on amounts', () => {
  it.each<[string, Record<string, unknown>, Story, string[], string[]]>([
    [
      'is room that may be filled exactly',
      { perProgram: { amount: '5.00' } },
      [o('a', '50.00 EUR')],
      ['x anna a 5.00 EUR'],
      [],
    ],
    ['cuts what goes beyond', { perProgram: { amount: '5.00' } }, [o('a', '50.10 EUR')], ['x anna a 5.00 EUR'], []],
    [
      'leaves the rest to the next',
      { perProgram: { amount: '5.00' } },
      [o('a', '30.00 EUR'), o('b', '30.00 EUR')],
      ['x anna a 3.00 EUR', 'x anna b 2.00 EUR'],
      [],
    ],
    [
      'leaves nothing once it is full',
      { perProgram: { amount: '5.00' } },
      [o('a', '50.00 EUR'), o('b', '10.00 EUR')],
      ['x anna a 5.00 EUR'],
      ['x anna b: cap-per-program'],
    ],
    [
      'per program is for all together',
      { perProgram: { amount: '5.00' } },
      [o('a', '50.00 EUR'), o('b', '10.00 EUR', '01-11', byBert)],
      ['x anna a 5.00 EUR'],
      ['x bert b: cap-per-program'],
    ],
    [
      'per advocate is for each',
      { perAdvocate: { amount: '5.00' } },
      [o('a', '60.00 EUR'), o('b', '60.00 EUR', '01-11', byBert)],
      ['x anna a 5.00 EUR', 'x bert b 5.00 EUR'],
      [],
    ],
    [
      'per advocate says so',
      { perAdvocate: { amount: '5.00' } },
      [o('a', '60.00 EUR'), o('b', '60.00 EUR')],
      ['x anna a 5.00 EUR'],
      ['x anna b: cap-per-advocate'],
    ],
    [
      'per customer is for each customer',
      { perCustomer: { amount: '5.00' } },
      [
        o('a', '60.00 EUR', '01-10', { customerId: 'c', visitorId: 'v' }),
        o('b', '10.00 EUR', '01-11', { customerId: 'c', visitorId: 'v' }),
        o('c', '60.00 EUR', '01-12', { customerId: 'd', visitorId: 'v' }),
      ],
      ['x anna a 5.00 EUR', 'x anna c 5.00 EUR'],
      ['x anna b: cap-per-customer'],
    ],
    [
      'per customer does not bind where none is known',
      { perCustomer: { amount: '5.00' } },
      [o('a', '60.00 EUR'), o('b', '60.00 EUR')],
      ['x anna a 6.00 EUR', 'x anna b 6.00 EUR'],
      [],
    ],
    [
      'of nothing pays nothing',
      { perProgram: { amount: '0.00' } },
      [o('a', '60.00 EUR')],
      [],
      ['x anna a: cap-per-program'],
    ],
    [
      'for ever is over months',
      { perProgram: { amount: '5.00' } },
      [o('a', '50.00 EUR', '01-31 23:59:59.999'), o('b', '10.00 EUR', '02-01')],
      ['x anna a 5.00 EUR'],
      ['x anna b: cap-per-program'],
    ],
    [
      'per month begins with the UTC month',
      { perProgram: { amount: '5.00', per: 'month' } },
      [o('a', '50.00 EUR', '01-31 23:59:59.999'), o('b', '10.00 EUR', '02-01')],
      ['x anna a 5.00 EUR', 'x anna b 1.00 EUR'],
      [],
    ],
    [
      'per month is of the conversion’s month, however late it comes',
      { perProgram: { amount: '5.00', per: 'month' } },
      [o('b', '10.00 EUR', '02-01'), o('a', '50.00 EUR', '01-31')],
      ['x anna a 5.00 EUR', 'x anna b 1.00 EUR'],
      [],
    ],
    [
      'per month and advocate is for each of both',
      { perAdvocate: { amount: '5.00', per: 'month' } },
      [o('a', '60.00 EUR'), o('b', '60.00 EUR', '02-01'), o('c', '60.00 EUR', '02-02', byBert)],
      ['x anna a 5.00 EUR', 'x anna b 5.00 EUR', 'x bert c 5.00 EUR'],
      [],
    ],
    [
      'of several caps the tightest binds',
      { perAdvocate: { amount: '4.00' }, perProgram: { amount: '5.00' } },
      [o('a', '60.00 EUR'), o('b', '60.00 EUR', '01-11', byBert)],
      ['x anna a 4.00 EUR', 'x bert b 1.00 EUR'],
      [],
    ],
    [
      'is filled in log order, not by event time',
      { perProgram: { amount: '5.00' } },
      [o('b', '50.00 EUR', '01-12'), o('a', '50.00 EUR', '01-10')],
      ['x anna b 5.00 EUR'],
      ['x anna a: cap-per-program'],
    ],
  ])('%s', (_, caps, story, rewards, unpaid) => {
    given(...capped(caps), ...story).stands({ rewards, unpaid })
  })

  it('is of each rule by itself', () => {
    const caps = { perProgram: { amount: '5.00' } }
    given(program({ rewards: [rule('x', { caps }), rule('y', { caps })] }), k, o('a', '60.00 EUR')).stands({
      rewards: ['x anna a 5.00 EUR', 'y anna a 5.00 EUR'],
    })
  })

  it('per advocate is per beneficiary, whatever the role', () => {
    const caps = { perAdvocate: { amount: '5.00' } }
    const story = capped(caps, { to: 'referee' })
    const buys = (id: string, customerId: string) => o(id, '60.00 EUR', '01-10', { visitorId: 'v', customerId })
    given(...story, buys('a', 'c'), buys('b', 'd')).stands({ rewards: ['x c a 5.00 EUR', 'x d b 5.00 EUR'] })
  })

  it('is shared by the beneficiaries of one conversion in the order of their first touches', () => {
    const rewards = [rule('x', { caps: { perProgram: { amount: '5.00' } } })]
    const story = program({ attribution: { rewardBy: 'linear' }, rewards })
    given(story, click('v', 'BERT', { at: '01-04' }), k, o('a', '80.00 EUR')).stands({
      rewards: ['x anna a 1.00 EUR', 'x bert a 4.00 EUR'],
    })
  })

  it('counts for clicks and signups too', () => {
    const caps = { perAdvocate: { amount: '5.00' } }
    const fixed = { trigger: 'signup', amount: { fixed: '3.00' } }
    const s = (customerId: string) => signup(customerId, { at: '01-10', code: 'ANNA', id: `s-${customerId}` })
    given(...capped(caps, fixed), s('c'), s('d'), s('e')).stands({
      rewards: ['x anna s-c 3.00 EUR', 'x anna s-d 2.00 EUR'],
      unpaid: ['x anna s-e: cap-per-advocate'],
    })
  })
})
