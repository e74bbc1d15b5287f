import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, linked, program, share, signup, unlinked } from './story.ts'

const k = (visitorId: string, id = 'k') => click(visitorId, 'ANNA', { at: '01-05', id })
const o = (who: Bought) => conversion('o', '10.00 EUR', { at: '01-10', ...who })
const link = (visitorId: string, customerId: string) => linked(visitorId, customerId, { at: '01-02' })

describe('the touches of a conversion', () => {
  it.each<[string, Story, string[]]>([
    ['are its own visitor’s clicks', [k('v'), o({ visitorId: 'v' })], ['o: k']],
    ['are no other visitor’s clicks', [k('w'), o({ visitorId: 'v' })], []],
    [
      'are the clicks of the visitors linked to its customer',
      [link('v', 'c'), k('v'), o({ customerId: 'c' })],
      ['o: k'],
    ],
    [
      'are the clicks of all visitors linked to its customer',
      [link('v', 'c'), link('w', 'c'), k('v', 'k1'), k('w', 'k2'), o({ customerId: 'c' })],
      ['o: k1 k2'],
    ],
    ['are no clicks of visitors linked to others', [link('v', 'd'), k('v'), o({ customerId: 'c' })], []],
    [
      'are, without a customer, the clicks of the visitors of the customers of its visitor',
      [link('v', 'c'), link('w', 'c'), k('w'), o({ visitorId: 'v' })],
      ['o: k'],
    ],
    [
      'are, without a customer, those of all customers of its visitor',
      [
        link('v', 'c'),
        link('w', 'c'),
        link('v', 'd'),
        link('x', 'd'),
        k('w', 'k1'),
        k('x', 'k2'),
        o({ visitorId: 'v' }),
      ],
      ['o: k1 k2'],
    ],
    [
      'are not those of another customer of a shared device',
      [link('v', 'c'), link('v', 'd'), link('w', 'd'), k('w'), o({ customerId: 'c' })],
      [],
    ],
    [
      'are not those of another customer of its own visitor, if it has a customer',
      [link('v', 'd'), link('w', 'd'), k('w'), o({ customerId: 'c', visitorId: 'v' })],
      [],
    ],
    [
      'are no second step away without a customer',
      [link('v', 'c'), link('w', 'c'), link('w', 'd'), link('x', 'd'), k('x'), o({ visitorId: 'v' })],
      [],
    ],
    [
      'are on a shared device whoever clicked',
      [link('v', 'c'), link('v', 'd'), k('v'), o({ customerId: 'c' })],
      ['o: k'],
    ],
    [
      'are those of its own visitor, even if their link is denied',
      [k('v'), o({ customerId: 'c', visitorId: 'v' }), unlinked('v', 'c', { at: '01-20' })],
      ['o: k'],
    ],
    [
      'are none that came with a share alone',
      [share('anna', { at: '01-05', code: 'ANNA' }), o({ visitorId: 'v' })],
      [],
    ],
    ['are none but a coupon for a code alone', [k('v'), o({ code: 'BERT' })], ['o: coupon:o']],
  ])('%s', (_, story, paths) => {
    given(program(), ...story).stands({ paths, lost: [] })
  })
})

describe('a signup with a code', () => {
  const s = (more: { visitorId?: string; code?: string } = {}) =>
    signup('c', { at: '01-05', code: 'ANNA', id: 's', ...more })

  it.each<[string, Story, string[]]>([
    ['is a touch of its customer', [s(), o({ customerId: 'c' })], ['o: signup:c']],
    ['is a touch of its visitor', [s({ visitorId: 'v' }), o({ visitorId: 'v' })], ['o: signup:c']],
    ['is no touch of others', [s({ visitorId: 'v' }), o({ customerId: 'd' }), k('w')], []],
    [
      'stays a touch of its customer when the two are unlinked',
      [s({ visitorId: 'v' }), unlinked('v', 'c', { at: '01-06' }), o({ customerId: 'c' })],
      ['o: signup:c'],
    ],
    [
      'stays a touch of its visitor when the two are unlinked',
      [s({ visitorId: 'v' }), unlinked('v', 'c', { at: '01-06' }), o({ visitorId: 'v' })],
      ['o: signup:c'],
    ],
    [
      'is, on a shared device, a touch of the other customer too',
      [s({ visitorId: 'v' }), link('v', 'd'), o({ customerId: 'd' })],
      ['o: signup:c'],
    ],
    [
      'counts, without a customer, for those linked to the visitor',
      [s(), link('v', 'c'), o({ visitorId: 'v' })],
      ['o: signup:c'],
    ],
    [
      'counts once where both ways lead to it',
      [s({ visitorId: 'v' }), o({ customerId: 'c', visitorId: 'v' })],
      ['o: signup:c'],
    ],
    ['links its visitor and customer', [k('v'), s({ visitorId: 'v' }), o({ customerId: 'c' })], ['o: k signup:c']],
  ])('%s', (_, story, paths) => {
    given(program(), ...story).stands({ paths, lost: [] })
  })

  it('is no touch without a code, and links all the same', () => {
    given(program(), k('v'), signup('c', { at: '01-06', visitorId: 'v' }), o({ customerId: 'c' })).stands({
      paths: ['o: k'],
    })
  })
})

describe('a coupon', () => {
  it('is a touch at the moment of its own conversion', () => {
    given(program(), k('v'))
      .when(o({ visitorId: 'v', code: 'BERT' }))
      .stands({ paths: ['o: coupon:o k'], ends: ['o: k coupon:o'] })
  })

  it('comes last even if a click of the same millisecond has a lesser id, and first if a greater', () => {
    const at = '01-10'
    const clickAt = (id: string) => click('v', 'ANNA', { at, id })
    given(program(), clickAt('a'), o({ visitorId: 'v', code: 'BERT' })).stands({ ends: ['o: a coupon:o'] })
    given(program(), clickAt('z'), o({ visitorId: 'v', code: 'BERT' })).stands({ ends: ['o: coupon:o z'] })
  })

  it('is no touch of a later conversion of the same customer', () => {
    given(
      program(),
      o({ customerId: 'c', visitorId: 'v', code: 'BERT' }),
      conversion('o2', '10.00 EUR', { at: '01-11', customerId: 'c', visitorId: 'v' }),
    ).stands({ paths: ['o: coupon:o'] })
  })
})
