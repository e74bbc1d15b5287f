import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { amended, type Bought, click, conversion, type Item, item, program, refund, rule } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const shoes = (more: Record<string, unknown> = {}) =>
  program({ rewards: [rule('x', { when: { categories: ['shoes', 'boots'] }, ...more })] })
const o = (amount: string, items?: readonly Item[], more: Bought = {}) =>
  conversion('o', amount, { at: '01-10', visitorId: 'v', ...(items ? { items } : {}), ...more })
const pair = [item('shoes', '60.00 EUR'), item('hats', '40.00 EUR')]
const none = ['x o: category']

describe('a rule for categories', () => {
  it.each<[string, Story, string[], string[]]>([
    ['pays on the matching items’ share', [o('100.00 EUR', pair)], ['x anna o 6.00 EUR'], []],
    [
      'pays on the matching items of all its categories',
      [o('100.00 EUR', [...pair, item('boots', '0.00 EUR')])],
      ['x anna o 6.00 EUR'],
      [],
    ],
    [
      'pays on all of several matching items',
      [o('100.00 EUR', [item('shoes', '30.00 EUR', { sku: 'a' }), item('boots', '50.00 EUR', { sku: 'b' })])],
      ['x anna o 8.00 EUR'],
      [],
    ],
    ['pays nothing without matching items', [o('100.00 EUR', [item('hats', '100.00 EUR')])], [], none],
    ['pays nothing without items', [o('100.00 EUR')], [], none],
    ['pays nothing with an empty list of items', [o('100.00 EUR', [])], [], none],
    [
      'pays nothing on an item of no category',
      [o('100.00 EUR', [{ sku: 'shoes', amount: item('x', '100.00 EUR').amount }])],
      [],
      none,
    ],
    [
      'takes the line as a whole, whatever its quantity',
      [o('100.00 EUR', [item('shoes', '60.00 EUR', { quantity: 3 })])],
      ['x anna o 6.00 EUR'],
      [],
    ],
    ['leaves shipping out', [o('100.00 EUR', [item('shoes', '90.00 EUR')])], ['x anna o 9.00 EUR'], []],
    // Items come to 125.00: 75 of them are 60 percent, of the 100.00 that were paid.
    [
      'is of the items where they come to more than the amount',
      [o('100.00 EUR', [item('shoes', '75.00 EUR'), item('hats', '50.00 EUR')])],
      ['x anna o 6.00 EUR'],
      [],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(shoes(), k, ...story).stands({ rewards, unpaid })
  })

  it('rounds once, after the share', () => {
    // A third of 10.00 by 15 percent is 0.50 exactly; 3.33 by 15 percent would be 0.4995.
    const items = [item('shoes', '3.00 EUR'), item('hats', '6.00 EUR')]
    given(shoes({ amount: { percent: '15' } }), k, o('9.00 EUR', items)).stands({ rewards: ['x anna o 0.45 EUR'] })
    const thirds = [item('shoes', '1.00 EUR'), item('hats', '2.00 EUR')]
    given(shoes({ amount: { percent: '15' } }), k, o('0.10 EUR', thirds)).stands({ rewards: ['x anna o 0.01 EUR'] })
  })

  it('pays a fixed amount whole', () => {
    given(shoes({ amount: { fixed: '5.00' } }), k, o('100.00 EUR', pair)).stands({ rewards: ['x anna o 5.00 EUR'] })
  })

  it('looks at the whole net for minAmount', () => {
    const conditions = { categories: ['shoes'], minAmount: '100.00' }
    given(shoes({ when: conditions }), k, o('100.00 EUR', pair)).stands({ rewards: ['x anna o 6.00 EUR'] })
  })

  it('pays on the share of what is credited to each', () => {
    const story = program({
      attribution: { rewardBy: 'linear' },
      rewards: [rule('x', { when: { categories: ['shoes'] } })],
    })
    given(story, k, click('v', 'BERT', { at: '01-06', id: 'b' }), o('100.00 EUR', pair)).stands({
      rewards: ['x anna o 3.00 EUR', 'x bert o 3.00 EUR'],
    })
  })

  it('knows categories to the letter', () => {
    given(shoes(), k, o('100.00 EUR', [item('Shoes', '100.00 EUR')])).stands({ rewards: [], unpaid: none })
  })
})

describe('a refund', () => {
  const r = (amount: string, items?: readonly Item[], id = 'r') =>
    refund(id, 'o', amount, { at: '01-20', ...(items ? { items } : {}) })
  const order = o('100.00 EUR', pair)

  it.each<[string, Story, string[], string[]]>([
    ['without items takes from all alike', [r('50.00 EUR')], ['x anna o 3.00 EUR'], []],
    ['of matching items takes these away', [r('20.00 EUR', [item('shoes', '20.00 EUR')])], ['x anna o 4.00 EUR'], []],
    ['of other items leaves these', [r('40.00 EUR', [item('hats', '40.00 EUR')])], ['x anna o 6.00 EUR'], []],
    ['of all matching items leaves nothing to pay on', [r('60.00 EUR', [item('shoes', '60.00 EUR')])], [], none],
    ['of more matching items than there were leaves nothing', [r('80.00 EUR', [item('shoes', '80.00 EUR')])], [], none],
    [
      'finds the category of an item by its sku',
      [r('20.00 EUR', [{ sku: 'shoes', amount: item('x', '20.00 EUR').amount }])],
      ['x anna o 4.00 EUR'],
      [],
    ],
    // What is left is 50.00 after the first; then of 80 - 20 = 60 left, 60 - 20 = 40 are shoes, so 40/80 of 40.00.
    [
      'with and one without items come together',
      [r('20.00 EUR', [item('shoes', '20.00 EUR')], 'r1'), r('40.00 EUR', undefined, 'r2')],
      ['x anna o 2.00 EUR'],
      [],
    ],
    ['with an empty list of items takes from all alike', [r('50.00 EUR', [])], ['x anna o 3.00 EUR'], []],
    [
      'in another currency takes nothing away',
      [refund('r', 'o', '20.00 USD', { at: '01-20', items: [item('shoes', '20.00 USD')] })],
      ['x anna o 6.00 EUR'],
      [],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(shoes(), k, order, ...story).stands({ rewards, unpaid })
  })

  it('of a matching item lessens a reward in a further row', () => {
    given(shoes(), k, order)
      .when(r('20.00 EUR', [item('shoes', '20.00 EUR')]))
      .thenIn('rewards', { amount: '-2.00', entry: 'reversed' })
  })
})

describe('an amendment', () => {
  const a = (amount: string, items?: readonly Item[], at = '01-20') =>
    amended('o', amount, { at, ...(items ? { items } : {}) })
  const order = o('100.00 EUR', pair)

  it.each<[string, Story, string[], string[]]>([
    [
      'with items replaces those of the conversion',
      [a('100.00 EUR', [item('shoes', '20.00 EUR'), item('hats', '80.00 EUR')])],
      ['x anna o 2.00 EUR'],
      [],
    ],
    ['without items leaves them as they were', [a('120.00 EUR')], ['x anna o 6.00 EUR'], []],
    [
      'without items leaves those of the amendment before',
      [a('100.00 EUR', [item('shoes', '20.00 EUR')], '01-19'), a('50.00 EUR')],
      ['x anna o 2.00 EUR'],
      [],
    ],
    ['with an empty list of items leaves none', [a('100.00 EUR', [])], [], none],
    [
      'in another currency replaces nothing',
      [amended('o', '100.00 USD', { at: '01-20', items: [item('hats', '100.00 USD')] })],
      ['x anna o 6.00 EUR'],
      [],
    ],
    [
      'gives items to a conversion that had none',
      [conversion('p', '1.00 EUR', { at: '01-11', customerId: 'z' }), a('100.00 EUR', [item('shoes', '50.00 EUR')])],
      ['x anna o 5.00 EUR'],
      ['x p: no-touch'],
    ],
  ])('%s', (_, story, rewards, unpaid) => {
    given(shoes(), k, order, ...story).stands({ rewards, unpaid })
  })
})
