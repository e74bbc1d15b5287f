import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, enrolled, issued, program, revoked, share, signup, terms } from './story.ts'

const k = (code = 'ANNA', at = '01-05') => click('v', code, { at, id: 'k' })
const o = (more: Bought & { at?: string } = {}) =>
  conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v', ...more })
const bare = [terms({ at: '01-01' }), enrolled('anna', { at: '01-01' })]

describe('a code', () => {
  it.each<[string, Story, string[]]>([
    ['is the same in another case', [program(), k('anna'), o()], ['o: k']],
    ['is the same with outer blanks', [program(), k(' Anna\t'), o()], ['o: k']],
    ['is the same as a coupon in another case', [program(), o({ code: 'aNNa ' })], ['o: coupon:o']],
    ['is the same when issued in another case', [bare, issued('anna', 'anna', { at: '01-01' }), k(), o()], ['o: k']],
    ['is another with another letter', [program(), k('ANN'), o()], []],
    ['counts though issued after the click', [bare, k(), issued('ANNA', 'anna', { at: '01-07' }), o()], ['o: k']],
    ['counts though issued after the conversion', [bare, k(), o(), issued('ANNA', 'anna', { at: '02-07' })], ['o: k']],
    [
      'counts though its owner has not enrolled',
      [terms({ at: '01-01' }), k(), o(), issued('ANNA', 'anna', { at: '01-01' })],
      ['o: k'],
    ],
  ])('%s', (_, story, paths) => {
    given(...story).stands({ paths })
  })

  it.each<[string, Story, string[]]>([
    ['a click', [k('NOBODY'), o()], ['k of o: unknown-code']],
    [
      'a signup',
      [signup('c', { at: '01-05', code: 'NOBODY', id: 's' }), o({ customerId: 'c' })],
      ['signup:c of o: unknown-code'],
    ],
    ['a coupon', [o({ code: 'NOBODY' })], ['coupon:o of o: unknown-code']],
  ])('that is not known excludes %s', (_, story, lost) => {
    given(program(), ...story).stands({ paths: [], lost })
  })

  it('that is not known waits: nothing in touches, an exclusion for the click and for each path', () => {
    given(program())
      .when(k('NEW'), o())
      .then(
        { table: 'exclusions', subject: 'event', sign: 1, reason: 'unknown-code', event_id: 'k', conversion_id: '' },
        { table: 'conversions', conversion_id: 'o' },
        { table: 'exclusions', subject: 'touch', sign: 1, reason: 'unknown-code', event_id: 'k', conversion_id: 'o' },
      )
  })

  it('takes effect when it is issued, and its exclusions are taken back', () => {
    given(program(), k('NEW'), o())
      .when(issued('NEW', 'bert', { at: '01-20', id: 'i' }))
      .then(
        { table: 'codes', code: 'NEW', advocate_id: 'bert', status: 'issued' },
        { table: 'touches', touch_id: 'click:app:k', advocate_id: 'bert', occurred_at: '2026-01-05 00:00:00.000' },
        { table: 'exclusions', subject: 'event', sign: -1, reason: 'unknown-code', event_id: 'k' },
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
          table: 'attributions',
          model,
          advocate_id: 'bert',
          credit: '1.000000000',
          entry: 'attributed',
        })),
        { table: 'exclusions', subject: 'touch', sign: -1, reason: 'unknown-code', event_id: 'k', conversion_id: 'o' },
      )
  })

  it('that is issued late lets a signup and a coupon into touches too', () => {
    given(program(), signup('c', { at: '01-05', code: 'new', id: 's' }), o({ customerId: 'c', code: 'NEW ' }))
      .when(issued('New', 'bert', { at: '01-20' }))
      .thenIn(
        'touches',
        { kind: 'signup', touch_id: 'signup:c', code: 'New', advocate_id: 'bert' },
        { kind: 'coupon', touch_id: 'coupon:o', code: 'New', advocate_id: 'bert' },
      )
  })
})

describe('a revoked code', () => {
  const revocation = (at: string, advocateId = 'anna') => revoked('ANNA', advocateId, { at, id: 'r' })
  it.each<[string, Story, string[], string[]]>([
    ['keeps the touches before the revocation', [k(), revocation('01-05 00:00:00.001'), o()], ['o: k'], []],
    ['excludes a touch of the same millisecond', [k(), revocation('01-05'), o()], [], ['k of o: revoked-code']],
    ['excludes a touch after it', [revocation('01-04'), k(), o()], [], ['k of o: revoked-code']],
    [
      'excludes what came before, when the revocation comes late',
      [k(), o(), revocation('01-04')],
      [],
      ['k of o: revoked-code'],
    ],
    [
      'excludes a signup after it',
      [revocation('01-04'), signup('c', { at: '01-05', code: 'ANNA' }), o({ customerId: 'c' })],
      [],
      ['signup:c of o: revoked-code'],
    ],
    [
      'excludes a coupon of the same millisecond',
      [revocation('01-10'), o({ code: 'ANNA' })],
      [],
      ['coupon:o of o: revoked-code'],
    ],
    ['keeps a coupon before', [o({ code: 'ANNA' }), revocation('01-10 00:00:00.001')], ['o: coupon:o'], []],
    [
      'is revoked in any spelling',
      [revoked(' anna ', 'anna', { at: '01-04' }), k(), o()],
      [],
      ['k of o: revoked-code'],
    ],
    ['is revoked by its owner alone', [revocation('01-04', 'bert'), k(), o()], ['o: k'], []],
    [
      'is revoked from the first of several revocations on',
      [revocation('01-07'), revoked('ANNA', 'anna', { at: '01-04', id: 'r2' }), k(), o()],
      [],
      ['k of o: revoked-code'],
    ],
  ])('%s', (_, story, paths, lost) => {
    given(program(), ...story).stands({ paths, lost })
  })

  it('may be revoked before it is issued', () => {
    given(bare, revocation('01-04'))
      .when(issued('ANNA', 'anna', { at: '01-01' }), k(), o())
      .stands({ paths: [], lost: ['k of o: revoked-code'], excluded: [] })
  })

  it('names a revocation by another than its owner, and one of a code that nobody has', () => {
    given(
      program(),
      revoked('ANNA', 'bert', { at: '01-04', id: 'a' }),
      revoked('NEW', 'carl', { at: '01-04', id: 'n' }),
    ).stands({ excluded: ['a: code-of-another-advocate', 'n: unknown-code'] })
    given(program(), revoked('NEW', 'carl', { at: '01-04', id: 'n' }))
      .when(issued('NEW', 'carl', { at: '01-06' }))
      .stands({ excluded: [] })
    given(program(), revoked('NEW', 'carl', { at: '01-04', id: 'n' }))
      .when(issued('NEW', 'anna', { at: '01-06' }))
      .stands({ excluded: ['n: code-of-another-advocate'] })
  })

  it('is in codes with its latest state, by its own revocation', () => {
    given(program())
      .when(revoked('anna', 'bert', { at: '01-04' }), revocation('01-06'), revoked('ANNA', 'anna', { at: '01-05' }))
      .thenIn(
        'codes',
        { code: 'ANNA', advocate_id: 'anna', status: 'issued', issued_at: '2026-01-01 00:00:00.000', revoked_at: null },
        { code: 'ANNA', status: 'revoked', revoked_at: '2026-01-06 00:00:00.000' },
        { code: 'ANNA', status: 'revoked', revoked_at: '2026-01-05 00:00:00.000' },
      )
  })

  it('takes back what stood, in rows of the opposite sign', () => {
    given(program(), k(), o())
      .when(revocation('01-05'))
      .thenIn(
        'attributions',
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
          model,
          advocate_id: 'anna',
          credit: '-1.000000000',
          amount: '-10.00',
          entry: 'reattributed',
        })),
      )
  })

  it('leaves shares in touches, and names them where they do not count', () => {
    given(program(), revocation('01-04'), share('anna', { at: '01-05', code: 'ANNA', id: 'h' })).stands({
      excluded: ['h: revoked-code'],
    })
  })
})
