import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import {
  click,
  consents,
  conversion,
  forgotten,
  linked,
  objects,
  program,
  rule,
  signup,
  type Terms,
  terms,
} from './story.ts'

const asking: Terms = { attribution: { requireConsent: 'attribution' } }
const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const link = linked('v', 'c', { at: '01-06' })
const o = conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c' })

const counts = { paths: ['o: k'], lost: [] }
const lost = { paths: [], lost: ['k of o: no-consent'] }

describe('terms that require a consent', () => {
  it.each<[string, Story, typeof counts | typeof lost]>([
    ['are not met by silence', [], lost],
    ['are met by a consent', [consents('c', { at: '01-07' })], counts],
    ['are met by a consent in the very millisecond', [consents('c', { at: '01-10' })], counts],
    ['are not met by a later one', [consents('c', { at: '01-10 00:00:00.001' })], lost],
    ['are not met once it is withdrawn', [consents('c', { at: '01-07' }), objects('c', { at: '01-08' })], lost],
    ['are met up to its withdrawal', [consents('c', { at: '01-07' }), objects('c', { at: '01-11' })], counts],
    [
      'are met by a consent after a withdrawal',
      [consents('c', { at: '01-07' }), objects('c', { at: '01-08' }), consents('c', { at: '01-09' })],
      counts,
    ],
    ['go by the statements’ own time', [objects('c', { at: '01-08' }), consents('c', { at: '01-07' })], lost],
    [
      'go by id within a millisecond',
      [objects('c', { at: '01-08', id: 'a' }), consents('c', { at: '01-08', id: 'b' })],
      counts,
    ],
    ['look at their own purpose', [consents('c', { at: '01-07', purpose: 'newsletter' })], lost],
    [
      'do not mind what is said of another purpose',
      [consents('c', { at: '01-07' }), objects('c', { at: '01-08', purpose: 'newsletter' })],
      counts,
    ],
    ['look at the customer', [consents('d', { at: '01-07' })], lost],
  ])('%s, before and after the conversion has come', (_, statements, outcome) => {
    given(program(asking), k, link, ...statements, o).stands(outcome)
    given(program(asking), k, link, o, ...statements).stands(outcome)
  })

  it('are those in force at the conversion’s time', () => {
    given(program(), terms({ at: '01-08', ...asking }), k, link, o).stands(lost)
    given(program(asking), terms({ at: '01-08' }), k, link, o).stands(counts)
    given(program(asking), terms({ at: '01-11' }), k, link, o).stands(lost)
  })

  it('ask also for coupons, and for signups with a code', () => {
    given(
      program(asking),
      signup('c', { at: '01-04', code: 'BERT', id: 's' }),
      conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c', code: 'ANNA' }),
    ).stands({
      paths: [],
      lost: ['coupon:o of o: no-consent', 'signup:c of o: no-consent'],
      excluded: ['s: no-consent'],
    })
  })

  it('cannot be met where nobody knows the customer', () => {
    given(program(asking), k, conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })).stands(lost)
  })

  it('name another reason before this one', () => {
    given(program(asking), click('v', 'NONE', { at: '01-05', id: 'k' }), link, o).stands({
      lost: ['k of o: unknown-code'],
    })
  })

  it('take back what was paid when a withdrawal comes to light, and give it again', () => {
    const rewards = ['ten anna o 1.00 EUR']
    const story = [program({ ...asking, rewards: [rule('ten')] }), k, link, consents('c', { at: '01-07' }), o]
    given(...story).stands({ rewards })
    given(...story, objects('c', { at: '01-08' })).stands({ rewards: [], unpaid: ['ten o: no-touch'] })
    given(...story, objects('c', { at: '01-08' }), consents('c', { at: '01-09' })).stands({ rewards })
  })

  it('ask the one who signs up, as of then; clicks are paid without', () => {
    const welcome = { ruleId: 'welcome', trigger: 'signup', to: 'advocate', amount: { fixed: '5.00' } }
    const pays = { ruleId: 'click', trigger: 'click', to: 'advocate', amount: { fixed: '0.10' } }
    const story = [program({ ...asking, rewards: [welcome, pays] }), k]
    const s = signup('c', { at: '01-06', visitorId: 'v', id: 's' })
    given(...story, s).stands({ rewards: ['click anna k 0.10 EUR'], unpaid: ['welcome s: no-touch'] })
    given(...story, s, consents('c', { at: '01-06' })).stands({
      rewards: ['click anna k 0.10 EUR', 'welcome anna s 5.00 EUR'],
    })
    given(...story, s, consents('c', { at: '01-07' })).stands({ rewards: ['click anna k 0.10 EUR'] })
  })
})

describe('terms that require none', () => {
  it('do not mind what a customer said, and it is kept', () => {
    given(program(), k, link, o)
      .when(objects('c', { at: '01-07', id: 'no' }))
      .then({
        table: 'consents',
        customer_id: 'c',
        purpose: 'attribution',
        entry: 'withdrawn',
        source: 'app',
        event_id: 'no',
        occurred_at: '2026-01-07 00:00:00.000',
      })
  })
})

describe('somebody who is forgotten', () => {
  it('stands in erasures; attributions and rewards stand as they were', () => {
    given(program({ rewards: [rule('ten')] }), k, link, o)
      .when(forgotten('customer', 'c', { at: '02-01', id: 'f' }))
      .then({ table: 'erasures', subject: 'customer', subject_id: 'c', reason: '', source: 'app', event_id: 'f' })
  })
})
