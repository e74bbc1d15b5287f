import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import {
  type Bought,
  click,
  conversion,
  enrolled,
  issued,
  linked,
  program,
  reinstated,
  suspended,
  terms,
  updated,
} from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = (more: Bought = { visitorId: 'v' }) => conversion('o', '10.00 EUR', { at: '01-10', ...more })
const stop = (at: string, id = 'stop') => suspended('anna', { at, id })
const go = (at: string, id = 'go') => reinstated('anna', { at, id })
const out = ['k of o: advocate-suspended']

describe('a suspension', () => {
  it.each<[string, Story, string[], string[]]>([
    ['at the conversion’s time excludes', [stop('01-07')], [], out],
    ['in the conversion’s very millisecond excludes', [stop('01-10')], [], out],
    ['a millisecond later does not', [stop('01-10 00:00:00.001')], ['o: k'], []],
    ['at the touch’s time alone does not', [stop('01-04'), go('01-06')], ['o: k'], []],
    ['ends with the millisecond of the reinstatement', [stop('01-07'), go('01-10')], ['o: k'], []],
    ['may begin again', [stop('01-03'), go('01-04'), stop('01-05', 'again')], [], out],
    ['goes by its own time, not by arrival', [go('01-06'), stop('01-04')], ['o: k'], []],
    ['goes by id within a millisecond: reinstated last', [stop('01-07', 'a'), go('01-07', 'b')], ['o: k'], []],
    ['goes by id within a millisecond: suspended last', [stop('01-07', 'b'), go('01-07', 'a')], [], out],
    ['of another advocate is nothing to this one', [suspended('bert', { at: '01-07' })], ['o: k'], []],
  ])('%s, before and after the conversion has come', (_, statements, paths, lost) => {
    given(program(), k, ...statements, o()).stands({ paths, lost })
    given(program(), k, o(), ...statements).stands({ paths, lost })
  })

  it('of an advocate not enrolled yet counts too', () => {
    given(terms({ at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' }), k, stop('01-07'), o()).stands({ lost: out })
  })

  it('lets the others of the path have the whole', () => {
    given(program(), k, click('v', 'BERT', { at: '01-06', id: 'b' }), o(), stop('01-07')).stands({
      paths: ['o: b'],
      net: ['o 10.00 EUR'],
    })
  })
})

describe('self-referral', () => {
  const self = { anna: { customerId: 'c' } }
  const bought = { customerId: 'c', visitorId: 'v' }
  const coupon = { customerId: 'c', code: 'ANNA' }
  const lost = ['k of o: self-referral']

  it.each<[string, Story, string[], string[]]>([
    ['excludes a conversion of the advocate’s own customer', [program({}, self), k, o(bought)], [], lost],
    ['excludes a coupon', [program({}, self), o(coupon)], [], ['coupon:o of o: self-referral']],
    ['is no one else’s conversion', [program({}, self), k, o({ customerId: 'd', visitorId: 'v' })], ['o: k'], []],
    [
      'excludes that advocate’s touches alone',
      [program({}, self), k, click('v', 'BERT', { at: '01-06', id: 'b' }), o(bought)],
      ['o: b'],
      lost,
    ],
    ['may be allowed', [program({ attribution: { selfReferral: 'allow' } }, self), k, o(bought)], ['o: k'], []],
    [
      'needs a customer on the conversion, even if the visitor is linked to one',
      [program({}, self), linked('v', 'c', { at: '01-04' }), k, o()],
      ['o: k'],
      [],
    ],
    [
      'is as of the conversion’s time: not what is updated later',
      [program(), k, o(bought), updated('anna', { at: '01-11', customerId: 'c' })],
      ['o: k'],
      [],
    ],
    [
      'is as of the conversion’s time: what was updated before',
      [program(), updated('anna', { at: '01-09', customerId: 'c' }), k, o(bought)],
      [],
      lost,
    ],
    [
      'counts in the millisecond of the update',
      [program(), k, o(bought), updated('anna', { at: '01-10', customerId: 'c' })],
      [],
      lost,
    ],
    [
      'ends when the advocate is another customer',
      [program({}, self), updated('anna', { at: '01-09', customerId: 'd' }), k, o(bought)],
      ['o: k'],
      [],
    ],
    [
      'does not end with an update that says nothing of a customer',
      [program({}, self), updated('anna', { at: '01-09', group: 'gold' }), k, o(bought)],
      [],
      lost,
    ],
    [
      'comes late when the update does',
      [program({}, self), k, o(bought), updated('anna', { at: '01-09', customerId: 'd' })],
      ['o: k'],
      [],
    ],
  ])('%s', (_, story, paths, reasons) => {
    given(...story).stands({ paths, lost: reasons })
  })

  it('holds before it was first said, if the advocate enrolled after the conversion', () => {
    const late = (statement: Story[number]) => [
      terms({ at: '01-01' }),
      issued('ANNA', 'anna', { at: '01-01' }),
      k,
      o(bought),
      statement,
    ]
    given(...late(enrolled('anna', { at: '02-01', customerId: 'c' }))).stands({ paths: [], lost })
    given(...late(enrolled('anna', { at: '02-01' })), updated('anna', { at: '02-02', customerId: 'c' })).stands({
      paths: ['o: k'],
    })
  })

  it('is judged anew when an enrolment comes late and says that it was not so before', () => {
    const story = [
      terms({ at: '01-01' }),
      issued('ANNA', 'anna', { at: '01-01' }),
      k,
      o(bought),
      updated('anna', { at: '02-01', customerId: 'c' }),
    ]
    given(...story).stands({ paths: [], lost })
    given(...story, enrolled('anna', { at: '01-01' })).stands({ paths: ['o: k'], lost: [] })
  })

  it('is not undone by a suspension that was said first', () => {
    given(
      terms({ at: '01-01' }),
      issued('ANNA', 'anna', { at: '01-01' }),
      k,
      o(bought),
      stop('01-02'),
      go('01-03'),
      enrolled('anna', { at: '02-01', customerId: 'c' }),
    ).stands({
      paths: [],
      lost,
    })
  })
})

describe('advocates', () => {
  it('show the latest state by the statements’ own time', () => {
    given(program())
      .when(
        enrolled('dora', {
          at: '01-05',
          kind: 'partner',
          customerId: 'd',
          group: 'north',
          parentAdvocateId: 'anna',
          attributes: { a: 1 },
        }),
        updated('dora', { at: '01-09', group: 'south' }),
        updated('dora', { at: '01-07', group: 'west', kind: 'employee', parentAdvocateId: 'bert' }),
        suspended('dora', { at: '01-10' }),
        reinstated('dora', { at: '01-08' }),
        suspended('emil', { at: '01-10' }),
      )
      .then(
        ...[
          { group: 'north', kind: 'partner', parent_advocate_id: 'anna', status: 'active' },
          { group: 'south', kind: 'partner', parent_advocate_id: 'anna', status: 'active' },
          { group: 'south', kind: 'employee', parent_advocate_id: 'bert', status: 'active' },
          { group: 'south', kind: 'employee', parent_advocate_id: 'bert', status: 'suspended' },
          { group: 'south', kind: 'employee', parent_advocate_id: 'bert', status: 'suspended' },
        ].map((columns) => ({
          table: 'advocates',
          advocate_id: 'dora',
          customer_id: 'd',
          attributes: '{"a":1}',
          enrolled_at: '2026-01-05 00:00:00.000',
          ...columns,
        })),
        { table: 'advocates', advocate_id: 'emil', kind: '', status: 'suspended', enrolled_at: null },
      )
  })
})
