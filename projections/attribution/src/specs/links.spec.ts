import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, linked, program, signup, unlinked } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = (more: Bought & { at?: string; id?: string } = {}) =>
  conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c', ...more })
const link = (at: string, id?: string) => linked('v', 'c', id === undefined ? { at } : { at, id })
const unlink = (at: string, id?: string) => unlinked('v', 'c', id === undefined ? { at } : { at, id })
const joined = (at: string, id = 's') => signup('c', { at, visitorId: 'v', id })
/** A conversion that says that both are one, and is none itself that a click could have led to. */
const asserted = (at: string, id = 'a') => conversion('a', '1.00 EUR', { at, customerId: 'c', visitorId: 'v', id })

const yes = ['o: k']
const no: string[] = []

describe('a link', () => {
  it.each<[string, Story, string[]]>([
    ['is asserted by identities.linked', [link('01-06')], yes],
    ['is asserted by a signup', [joined('01-06')], yes],
    ['is asserted by a conversion with both', [asserted('01-04')], yes],
    ['is denied by identities.unlinked', [link('01-06'), unlink('01-07')], no],
    ['is denied to a signup as well', [joined('01-06'), unlink('01-07')], no],
    ['is denied to a conversion as well', [asserted('01-04'), unlink('01-07')], no],
    ['is not there unless asserted', [unlink('01-07')], no],
    ['goes by the statements’ own time, not by arrival', [unlink('01-07'), link('01-06')], no],
    ['may be asserted again', [link('01-06'), unlink('01-07'), link('01-08')], yes],
    ['may be asserted again by a conversion', [link('01-02'), unlink('01-03'), asserted('01-04')], yes],
    ['holds for a past conversion', [link('02-01')], yes],
    ['is denied for a past conversion', [link('01-06'), unlink('02-01')], no],
    ['goes by id within a millisecond: the denial is last', [unlink('01-06', 'b'), link('01-06', 'a')], no],
    ['goes by id within a millisecond: the assertion is last', [unlink('01-06', 'a'), link('01-06', 'b')], yes],
    ['takes a signup in the same millisecond by its id', [unlink('01-06', 'a'), joined('01-06', 'b')], yes],
    ['takes a denial in the same millisecond by its id', [unlink('01-06', 'b'), joined('01-06', 'a')], no],
    ['takes a conversion in the same millisecond by its id', [unlink('01-04', 'b'), asserted('01-04', 'a')], no],
    ['of another pair says nothing', [linked('v', 'd', { at: '01-06' }), linked('w', 'c', { at: '01-06' })], no],
    ['of another pair takes nothing away', [link('01-06'), unlinked('v', 'd', { at: '01-07' })], yes],
    ['has no time in between', [link('01-06'), unlink('01-08'), link('01-20')], yes],
  ])('%s, before and after the conversion has come', (_, statements, paths) => {
    given(program(), k, ...statements, o()).stands({ paths })
    given(program(), k, o(), ...statements).stands({ paths })
    given(program(), o(), ...statements, k).stands({ paths })
  })

  it('goes by source before id within a millisecond', () => {
    const by = (source: string, id: string) => linked('v', 'c', { at: '01-06', source, id })
    given(program(), k, o(), by('a', '9'), unlinked('v', 'c', { at: '01-06', source: 'b', id: '1' })).stands({
      paths: no,
    })
    given(program(), k, o(), by('c', '1'), unlinked('v', 'c', { at: '01-06', source: 'b', id: '9' })).stands({
      paths: yes,
    })
  })

  it('is taken back in rows of the opposite sign', () => {
    given(program(), k, link('01-06'), o())
      .when(unlink('01-20'))
      .then(
        { table: 'links', visitor_id: 'v', customer_id: 'c', entry: 'unlinked' },
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
          table: 'attributions',
          model,
          credit: '-1.000000000',
          amount: '-10.00',
          entry: 'reattributed',
          // What is credited anew stays on the day of the sale.
          occurred_at: '2026-01-10 00:00:00.000',
        })),
      )
  })

  it('credits anew what had been credited before', () => {
    given(program(), k, link('01-06'), o(), unlink('01-20'))
      .when(link('01-21'))
      .thenIn(
        'attributions',
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].map((model) => ({
          model,
          credit: '1.000000000',
          amount: '10.00',
          entry: 'reattributed',
          occurred_at: '2026-01-10 00:00:00.000',
        })),
      )
  })

  it('writes a row for each statement, and attributions only where something changed', () => {
    given(program(), k, link('01-06'), o())
      .when(unlink('01-05'), link('01-07'), joined('01-08'))
      .then(
        { table: 'links', entry: 'unlinked', occurred_at: '2026-01-05 00:00:00.000' },
        { table: 'links', entry: 'linked', occurred_at: '2026-01-07 00:00:00.000' },
        { table: 'links', entry: 'linked', occurred_at: '2026-01-08 00:00:00.000' },
        { table: 'signups', customer_id: 'c' },
      )
  })

  it('moves a conversion without a customer too', () => {
    const w = click('w', 'BERT', { at: '01-06', id: 'w' })
    const anonymous = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })
    given(program(), k, w, anonymous, link('01-07')).stands({ paths: ['o: k'] })
    given(program(), k, w, anonymous, link('01-07'), linked('w', 'c', { at: '01-08' })).stands({ paths: ['o: k w'] })
    given(program(), k, w, anonymous, link('01-07'), linked('w', 'c', { at: '01-08' }), unlink('01-09')).stands({
      paths: ['o: k'],
    })
  })
})
