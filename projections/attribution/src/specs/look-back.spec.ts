import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { click, conversion, program, signup } from './story.ts'

const anna = (at: string, id: string) => click('v', 'ANNA', { at, id })
const bert = (at: string, id: string) => click('v', 'BERT', { at, id })
const o = (at: string) => conversion('o', '10.00 EUR', { at, visitorId: 'v' })
const byCustomer = (at: string) => conversion('o', '10.00 EUR', { at, customerId: 'c' })
const joined = (at: string) => signup('c', { at, code: 'ANNA', id: 's' })
const short = program({ attribution: { lookback: { click: '1h', signup: '0s' }, horizon: '30m' } })

describe('the look-back', () => {
  it.each<[string, Story, string[], string[]]>([
    ['of clicks is inclusive', [program(), anna('01-05', 'k'), o('02-04')], ['o: k'], []],
    [
      'of clicks ends a millisecond before that',
      [program(), anna('01-05', 'k'), o('02-04 00:00:00.001')],
      [],
      ['k of o: outside-look-back'],
    ],
    ['of signups is inclusive', [program(), joined('01-05'), byCustomer('2027-01-05')], ['o: signup:c'], []],
    [
      'of signups ends a millisecond before that',
      [program(), joined('01-05'), byCustomer('2027-01-05 00:00:00.001')],
      [],
      ['signup:c of o: outside-look-back'],
    ],
    ['can be as the terms say', [short, anna('01-05 11:00', 'k'), o('01-05 12:00')], ['o: k'], []],
    [
      'can be shorter than the time between',
      [short, anna('01-05 11:00', 'k'), o('01-05 12:00:00.001')],
      [],
      ['k of o: outside-look-back'],
    ],
    [
      'of nothing holds what is of the same millisecond',
      [short, joined('01-05'), byCustomer('01-05')],
      ['o: signup:c'],
      [],
    ],
    [
      'of nothing holds nothing else',
      [short, joined('01-05'), byCustomer('01-05 00:00:00.001')],
      [],
      ['signup:c of o: outside-look-back'],
    ],
    [
      'does not bind coupons',
      [short, conversion('o', '10.00 EUR', { at: '01-05', code: 'ANNA', customerId: 'c' })],
      ['o: coupon:o'],
      [],
    ],
    [
      'and the horizon together are how far back a lost touch is named',
      [short, anna('01-05 10:30', 'k'), o('01-05 12:00')],
      [],
      ['k of o: outside-look-back'],
    ],
    ['and the horizon together are no further', [short, anna('01-05 10:30', 'k'), o('01-05 12:00:00.001')], [], []],
  ])('%s', (_, story, paths, lost) => {
    given(...story).stands({ paths, lost, excluded: [] })
  })
})

describe('the order', () => {
  it.each<[string, Story, string]>([
    ['is by the events’ own time', [anna('01-06', 'k1'), bert('01-05', 'k2'), o('01-10')], 'k2 k1'],
    ['is not by arrival, also after the conversion', [bert('01-06', 'k1'), o('01-10'), anna('01-05', 'k2')], 'k2 k1'],
    ['goes by id within a millisecond', [anna('01-05', 'b'), bert('01-05', 'a'), o('01-10')], 'a b'],
    ['takes ids as text', [anna('01-05', 'k9'), bert('01-05', 'k10'), o('01-10')], 'k10 k9'],
    ['takes capitals before small letters', [anna('01-05', 'a'), bert('01-05', 'B'), o('01-10')], 'B a'],
    [
      'takes ids as UTF-8 bytes, not as UTF-16 units',
      [anna('01-05', '\u{10000}'), bert('01-05', '\uff5e'), o('01-10')],
      '%EF%BD%9E %F0%90%80%80',
    ],
    [
      'goes by source before id',
      [
        click('v', 'ANNA', { at: '01-05', source: 'b', id: '1' }),
        click('v', 'BERT', { at: '01-05', source: 'a', id: '2' }),
        o('01-10'),
      ],
      '2 1',
    ],
    [
      'is by time before source',
      [
        click('v', 'ANNA', { at: '01-05 00:00:00.001', source: 'a', id: '1' }),
        click('v', 'BERT', { at: '01-05', source: 'b', id: '2' }),
        o('01-10'),
      ],
      '2 1',
    ],
  ])('%s', (_, story, ends) => {
    given(program(), ...story).stands({ ends: [`o: ${ends}`] })
  })

  it('lets what happened in the same millisecond have led to the conversion, whatever its id', () => {
    given(program(), anna('01-10', 'z'), o('01-10')).stands({ paths: ['o: z'], lost: [] })
  })

  it('lets nothing that came a millisecond later, and does not name it', () => {
    given(program(), anna('01-10 00:00:00.001', 'a'), o('01-10')).stands({ paths: [], lost: [] })
  })

  it('is that of all kinds of touches together', () => {
    given(
      program(),
      signup('c', { at: '01-05', code: 'BERT', visitorId: 'v', id: 'b' }),
      anna('01-05', 'a'),
      conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c', code: 'CARL' }),
    ).stands({
      ends: ['o: a coupon:o'],
      credits: [
        'o first-touch a 1.000000000 10.00 EUR',
        'o last-touch coupon:o 1.000000000 10.00 EUR',
        'o linear a 0.333333334 3.34 EUR',
        'o linear coupon:o 0.333333333 3.33 EUR',
        'o linear signup:c 0.333333333 3.33 EUR',
        'o position-based a 0.400000000 4.00 EUR',
        'o position-based coupon:o 0.400000000 4.00 EUR',
        'o position-based signup:c 0.200000000 2.00 EUR',
        // Five days are 5/7 of a half-life: 0.609506827 to 1, of 2.219013654 together.
        'o time-decay a 0.274674663 2.75 EUR',
        'o time-decay coupon:o 0.450650674 4.50 EUR',
        'o time-decay signup:c 0.274674663 2.75 EUR',
      ],
    })
  })
})
