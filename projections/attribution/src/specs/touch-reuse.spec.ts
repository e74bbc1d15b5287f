import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, linked, program, refund, signup, unlinked } from './story.ts'

const spent = (...story: Story) => given(program({ attribution: { touchReuse: 'since-last-conversion' } }), ...story)
const k = (at: string, id = 'k', visitorId = 'v') => click(visitorId, 'ANNA', { at, id })
const earlier = (more: Bought & { at?: string; id?: string } = {}) =>
  conversion('a', '1.00 EUR', { at: '01-08', customerId: 'c', visitorId: 'v', ...more })
const o = (more: Bought & { at?: string; id?: string } = {}) =>
  conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c', visitorId: 'v', ...more })
const lost = ['k of o: before-previous-conversion']

describe('touches since the last conversion', () => {
  it.each<[string, Story, string[], string[]]>([
    ['leave out what was before it', [k('01-07'), earlier(), o()], ['a: k'], lost],
    ['leave out what was in its very millisecond', [k('01-08'), earlier(), o()], ['a: k'], lost],
    ['begin strictly after it', [k('01-08 00:00:00.001'), earlier(), o()], ['o: k'], []],
    ['are so however the facts arrive', [o(), earlier(), k('01-07')], ['a: k'], lost],
    [
      'are spent by a refunded conversion too',
      [k('01-07'), earlier(), refund('r', 'a', '1.00 EUR', { at: '01-09' }), o()],
      ['a: k'],
      lost,
    ],
    [
      'are spent by a conversion that they did not lead to',
      [
        click('v', 'BERT', { at: '01-09', id: 'b' }),
        k('01-07', 'k', 'w'),
        linked('w', 'c', { at: '01-02' }),
        earlier({ visitorId: 'v' }),
        o(),
      ],
      ['a: k', 'o: b'],
      lost,
    ],
    [
      'are spent by one of no amount',
      [k('01-07'), conversion('a', '0.00 EUR', { at: '01-08', customerId: 'c', visitorId: 'v' }), o()],
      ['a: k'],
      lost,
    ],
    [
      'are spent by the last of several',
      [k('01-07'), earlier({ at: '01-06' }), conversion('b', '1.00 EUR', { at: '01-08', customerId: 'c' }), o()],
      ['b: k'],
      lost,
    ],
    [
      'are not spent by a later one',
      [k('01-07'), earlier({ at: '01-11' }), o()],
      ['o: k'],
      ['k of a: before-previous-conversion'],
    ],
    [
      'are spent, within a millisecond, by the one with the lesser id',
      [k('01-07'), earlier({ at: '01-10' }), o()],
      ['a: k'],
      lost,
    ],
    [
      'are not spent, within a millisecond, by one with a greater id',
      [k('01-07'), earlier({ at: '01-10', id: 'z' }), o()],
      ['o: k'],
      ['k of a: before-previous-conversion'],
    ],
    [
      'are not spent by another customer on the same device',
      [k('01-07'), earlier({ customerId: 'd' }), o()],
      ['a: k', 'o: k'],
      [],
    ],
    [
      'are spent by the same customer on another device',
      [k('01-07'), earlier({ visitorId: 'w' }), o()],
      ['a: k'],
      lost,
    ],
    [
      'are spent by the customer’s visitor without a customer',
      [k('01-07'), earlier({ customerId: undefined }), o()],
      ['a: k'],
      lost,
    ],
    [
      'are not spent by someone else’s visitor without a customer',
      [k('01-07'), earlier({ customerId: undefined, visitorId: 'w' }), o()],
      ['o: k'],
      [],
    ],
    [
      'are spent, without a customer, by the visitor’s own',
      [k('01-07'), earlier({ customerId: undefined }), o({ customerId: undefined })],
      ['a: k'],
      lost,
    ],
    [
      'are spent, without a customer, by a customer of the visitor',
      [k('01-07'), earlier(), o({ customerId: undefined })],
      ['a: k'],
      lost,
    ],
    [
      'are not spent, without a customer, by a customer that is not the visitor’s',
      [k('01-07'), earlier(), unlinked('v', 'c', { at: '01-20' }), o({ customerId: undefined })],
      ['a: k', 'o: k'],
      [],
    ],
    [
      'are not the coupon, which is spent with its conversion alone',
      [earlier({ at: '01-10' }), o({ code: 'BERT' })],
      ['o: coupon:o'],
      [],
    ],
    [
      'are also the signups',
      [signup('c', { at: '01-07', code: 'ANNA', id: 'k' }), earlier(), o()],
      ['a: signup:c'],
      ['signup:c of o: before-previous-conversion'],
    ],
  ])('%s', (_, story, paths, reasons) => {
    spent(...story).stands({ paths, lost: reasons })
  })

  it('are all touches otherwise', () => {
    given(program(), k('01-07'), earlier(), o()).stands({ paths: ['a: k', 'o: k'], lost: [] })
  })

  it('are those since a conversion with a code alone for nobody: it has no person', () => {
    spent(k('01-07'), conversion('a', '1.00 EUR', { at: '01-08', code: 'BERT' }), o()).stands({
      paths: ['a: coupon:a', 'o: k'],
    })
  })

  it('changes with a link: whose conversion it was is judged anew', () => {
    const story = [k('01-07'), conversion('a', '1.00 EUR', { at: '01-08', visitorId: 'w' }), o()]
    spent(...story).stands({ paths: ['o: k'] })
    spent(...story, linked('w', 'c', { at: '01-20' })).stands({ paths: ['a: k'], lost })
    spent(...story, linked('w', 'c', { at: '01-20' }), unlinked('w', 'c', { at: '01-21' })).stands({
      paths: ['o: k'],
      lost: [],
    })
  })

  it('gives back what a conversion that comes late has spent', () => {
    spent(k('01-07'), o()).when(earlier()).thenIn('exclusions', {
      sign: 1,
      subject: 'touch',
      reason: 'before-previous-conversion',
      event_id: 'k',
      conversion_id: 'o',
    })
  })
})
