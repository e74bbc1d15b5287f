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
  refund,
  rule,
  share,
  signup,
  suspended,
  terms,
  unlinked,
} from './story.ts'

/** Two days of horizon. Someone else's click sets the clock. */
const attribution = { horizon: '2d' }
const tick = (at: string, recorded?: string) =>
  click('someone', 'CARL', { at, id: `tick-${at}`, ...(recorded === undefined ? {} : { recorded }) })
const k = (at: string) => click('v', 'ANNA', { at, id: 'k' })
const o = (at: string, more: Bought = {}) => conversion('o', '10.00 EUR', { at, visitorId: 'v', ...more })

describe('the program’s clock', () => {
  it.each<[string, Story, string[]]>([
    ['lets a fact be exactly the horizon late', [tick('01-10'), k('01-08')], []],
    ['excludes a fact a millisecond later', [tick('01-10'), k('01-07 23:59:59.999')], ['k: beyond-horizon']],
    ['is set by clicks', [tick('01-10'), o('01-07')], ['o of o: beyond-horizon']],
    ['is set by shares', [share('carl', { at: '01-10' }), k('01-07')], ['k: beyond-horizon']],
    ['is set by signups', [signup('d', { at: '01-10' }), k('01-07')], ['k: beyond-horizon']],
    [
      'is set by conversions',
      [conversion('x', '1.00 EUR', { at: '01-10', customerId: 'x' }), k('01-07')],
      ['k: beyond-horizon'],
    ],
    ['is not set by links', [linked('x', 'y', { at: '01-10' }), k('01-07')], []],
    ['is not set by codes', [issued('MORE', 'anna', { at: '01-10' }), k('01-07')], []],
    ['is not set by suspensions', [suspended('carl', { at: '01-10' }), k('01-07')], []],
    [
      'is not set by refunds',
      [
        conversion('x', '1.00 EUR', { at: '01-05', customerId: 'x' }),
        refund('r', 'x', '1.00 EUR', { at: '01-10' }),
        k('01-07'),
      ],
      [],
    ],
    ['is the latest time, not the last', [tick('01-10'), tick('01-08 12:00'), k('01-07')], ['k: beyond-horizon']],
    ['is never later than the time of recording', [tick('01-20', '01-09'), k('01-07')], []],
    [
      'is the time of recording where that is earlier',
      [tick('01-20', '01-09'), k('01-06 23:59:59.999')],
      ['k: beyond-horizon'],
    ],
    ['stands as it was when the fact came', [k('01-07'), tick('01-10')], []],
    [
      'is the program’s own',
      [
        terms({ at: '01-01', program: 'winter' }),
        click('x', 'X', { at: '01-10', program: 'winter', id: 'x' }),
        k('01-07'),
      ],
      ['x: unknown-code'],
    ],
  ])('%s', (_, story, excluded) => {
    given(program({ attribution }), ...story).stands({ excluded })
  })

  it('is never moved back by what comes late', () => {
    given(program({ attribution }), tick('01-10'), k('01-01'), click('w', 'ANNA', { at: '01-07', id: 'w' })).stands({
      excluded: ['k: beyond-horizon', 'w: beyond-horizon'],
    })
  })
})

describe('a fact beyond the horizon', () => {
  it('is no touch, and is named in each path that it would have been in', () => {
    given(program({ attribution }), tick('01-10'))
      .when(k('01-07'), o('01-10'))
      .then(
        { table: 'exclusions', subject: 'event', sign: 1, reason: 'beyond-horizon', event_id: 'k', conversion_id: '' },
        { table: 'conversions', conversion_id: 'o' },
        { table: 'exclusions', subject: 'touch', sign: 1, reason: 'beyond-horizon', event_id: 'k', conversion_id: 'o' },
      )
  })

  it('is no conversion, and what corrects it counts for nothing either', () => {
    given(program({ attribution, rewards: [rule('ten')] }), k('01-06'), tick('01-10'))
      .when(o('01-07'), refund('r', 'o', '1.00 EUR', { at: '01-11' }))
      .then(
        { table: 'exclusions', subject: 'event', sign: 1, reason: 'beyond-horizon', event_id: 'o', conversion_id: 'o' },
        { table: 'exclusions', subject: 'event', sign: 1, reason: 'beyond-horizon', event_id: 'r', conversion_id: 'o' },
      )
  })

  it('is no touch by its coupon', () => {
    given(program({ attribution }), tick('01-10'))
      .when(o('01-07', { code: 'ANNA' }))
      .thenIn('touches')
  })

  it('is no signup, no link and no touch', () => {
    given(program({ attribution }), tick('01-10'), k('01-09'))
      .when(
        signup('c', { at: '01-07', visitorId: 'v', code: 'BERT', id: 's' }),
        conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c' }),
      )
      .then(
        { table: 'exclusions', subject: 'event', sign: 1, reason: 'beyond-horizon', event_id: 's' },
        { table: 'conversions', conversion_id: 'o' },
        { table: 'exclusions', subject: 'touch', sign: 1, reason: 'beyond-horizon', touch_id: 'signup:c' },
      )
  })

  it('is no link by a conversion', () => {
    given(
      program({ attribution }),
      tick('01-10'),
      k('01-09'),
      conversion('x', '1.00 EUR', { at: '01-07', customerId: 'c', visitorId: 'v' }),
      conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c' }),
    ).stands({ paths: [] })
  })

  it('is no earlier conversion, neither for touches nor for who is new', () => {
    const rewards = [rule('first', { when: { customer: 'new' } })]
    const reuse = { ...attribution, touchReuse: 'since-last-conversion' }
    given(
      program({ attribution: reuse, rewards }),
      tick('01-06'),
      k('01-04'),
      tick('01-10'),
      conversion('x', '1.00 EUR', { at: '01-05', customerId: 'c' }),
      o('01-10', { customerId: 'c' }),
    ).stands({ paths: ['o: k'], rewards: ['first anna o 1.00 EUR'], lost: [], excluded: ['x of x: beyond-horizon'] })
  })

  it('brings no reward', () => {
    const fixed = (trigger: string) => rule(trigger, { trigger, amount: { fixed: '5.00' } })
    given(
      program({ attribution, rewards: ['click', 'share', 'signup'].map(fixed) }),
      conversion('x', '1.00 EUR', { at: '01-10', customerId: 'x' }),
      k('01-07'),
      share('anna', { at: '01-07', id: 'h' }),
      signup('c', { at: '01-07', code: 'ANNA', id: 's' }),
    ).stands({ rewards: [], unpaid: [], excluded: ['h: beyond-horizon', 'k: beyond-horizon', 's: beyond-horizon'] })
  })

  it('is so by the horizon of the version in force at its own time', () => {
    const versions = [
      ...program({ attribution }),
      terms({ at: '01-05', from: '01-08', attribution: { horizon: '5d' } }),
    ]
    given(versions, tick('01-12'), k('01-07 23:59:59.999')).stands({ excluded: ['k: beyond-horizon'] })
    given(versions, tick('01-12'), k('01-08')).stands({ excluded: [] })
    given(versions, tick('01-13'), k('01-08')).stands({ excluded: [] })
    given(versions, tick('01-13 00:00:00.001'), k('01-08')).stands({ excluded: ['k: beyond-horizon'] })
  })
})

describe('a link whose fact came late', () => {
  const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]
  const facts = [
    tick('01-10'),
    k('01-09'),
    signup('c', { at: '01-05', visitorId: 'v', id: 's' }),
    conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c' }),
  ]

  it('is none once the terms of its time come and say that it was too late', () => {
    given(...cast, ...facts, terms({ at: '01-01', attribution })).stands({ paths: [], net: ['o 10.00 EUR'] })
    given(...cast, ...facts, terms({ at: '01-01', attribution: { horizon: '5d' } })).stands({ paths: ['o: k'] })
  })

  it('is one again when later terms of its time have a longer horizon', () => {
    const longer = terms({ at: '01-04', recorded: '01-20', attribution: { horizon: '20d' } })
    given(...cast, terms({ at: '01-01', attribution }), ...facts, longer).stands({ paths: ['o: k'] })
  })

  it('leads no conversion without a customer to the customer’s other visitors', () => {
    const anonymous = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'w' })
    const late = signup('c', { at: '01-05', visitorId: 'w', id: 's' })
    const story = [linked('v', 'c', { at: '01-02' }), tick('01-10'), k('01-09'), late, anonymous]
    given(program({ attribution }), ...story).stands({ paths: [] })
    given(program({ attribution: { horizon: '5d' } }), ...story).stands({ paths: ['o: k'] })
  })

  it('does not stand in the way of what was said in time', () => {
    const late = signup('c', { at: '01-05', visitorId: 'v', id: 's' })
    const story = [linked('v', 'c', { at: '01-02' }), tick('01-10'), k('01-09'), late]
    const o = conversion('o', '10.00 EUR', { at: '01-10', customerId: 'c' })
    given(program({ attribution }), ...story, o).stands({ paths: ['o: k'] })
    given(program({ attribution }), unlinked('v', 'c', { at: '01-03' }), ...story, o).stands({ paths: [] })
  })
})

describe('a link that came beyond the horizon', () => {
  const late = signup('c', { at: '01-05', visitorId: 'v', id: 's', recorded: '01-10' })
  const row = {
    visitor_id: 'v',
    customer_id: 'c',
    entry: 'linked',
    event_id: 's',
    occurred_at: '2026-01-05 00:00:00.000',
  }
  const longer = terms({ at: '01-04', attribution: { horizon: '9d' }, recorded: '01-11' })

  it('is listed once terms take it in, whatever was said since, and once only', () => {
    given(program({ attribution }), tick('01-10'), late).thenIn('links')
    given(program({ attribution }), tick('01-10'), late).when(longer).thenIn('links', row)
    given(program({ attribution }), tick('01-10'), late, linked('v', 'c', { at: '01-08' }))
      .when(longer)
      .thenIn('links', row)
    given(program({ attribution }), tick('01-10'), late, longer)
      .when(terms({ at: '01-04', attribution: { horizon: '20d' }, recorded: '01-12' }))
      .thenIn('links')
  })
})

describe('what is never late', () => {
  const old = { at: '01-02', recorded: '03-01' }
  it.each<[string, Story, Story[number], string[]]>([
    [
      'a link',
      [k('01-03'), conversion('o', '1.00 EUR', { at: '01-04', customerId: 'c' })],
      linked('v', 'c', old),
      ['o: k'],
    ],
    ['a code', [click('v', 'MORE', { at: '01-03', id: 'k' }), o('01-04')], issued('MORE', 'anna', old), ['o: k']],
    ['a suspension', [k('01-03'), o('01-04')], suspended('anna', old), []],
  ])('%s works back as far as it says', (_, story, statement, paths) => {
    given(program({ attribution }), ...story, tick('02-28'), statement).stands({ paths, excluded: [] })
  })

  it('a refund and an amendment work however late they come', () => {
    given(program({ attribution }), o('01-04'), tick('02-28'), refund('r', 'o', '4.00 EUR', old)).stands({
      net: ['o 6.00 EUR'],
      excluded: [],
    })
  })
})
