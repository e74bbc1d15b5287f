import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import { type Bought, click, conversion, enrolled, issued, rule, share, signup, type Terms, terms } from './story.ts'

const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]
const k = (at: string, id = 'k') => click('v', 'ANNA', { at, id })
const o = (at: string, id = 'o', more: Bought = {}) => conversion(id, '10.00 EUR', { at, visitorId: 'v', ...more })
const percent = (points: string, more: Terms = {}): Terms => ({
  rewards: [rule('share', { amount: { percent: points } })],
  ...more,
})

/** Version 1 from 10 January on. */
const late: Story = [terms({ at: '01-10', ...percent('10') }), ...cast]

describe('what happened before version 1', () => {
  it.each<[string, Story, string[], string[]]>([
    ['is no conversion', [o('01-09 23:59:59.999')], [], ['o of o: no-terms']],
    ['is no touch', [k('01-09 23:59:59.999'), o('01-11')], [], ['k: no-terms']],
    ['is no share', [share('anna', { at: '01-09', id: 'h' })], [], ['h: no-terms']],
    ['is no signup', [signup('c', { at: '01-09', id: 's' })], [], ['s: no-terms']],
    ['is a touch in the millisecond of the start', [k('01-10'), o('01-11')], ['o: k'], []],
  ])('%s', (_, story, paths, excluded) => {
    given(...late, ...story).stands({ paths, excluded })
  })

  it('is named in the path that it would have been in', () => {
    given(...late, k('01-09'), o('01-11')).stands({ lost: ['k of o: no-terms'] })
  })

  it('still says who is who', () => {
    given(
      ...late,
      signup('c', { at: '01-09', visitorId: 'v', id: 's' }),
      k('01-11'),
      conversion('o', '10.00 EUR', { at: '01-12', customerId: 'c' }),
    ).stands({ paths: ['o: k'] })
  })

  it('is a customer who is not new', () => {
    const rewards = [rule('first', { when: { customer: 'new' } })]
    given(
      terms({ at: '01-10', rewards }),
      ...cast,
      k('01-11'),
      o('01-09', 'a', { customerId: 'c' }),
      o('01-12', 'b', { customerId: 'c' }),
    ).stands({ rewards: [], unpaid: ['first b: customer-not-new'] })
  })

  it('counts once terms that cover it arrive', () => {
    const story = [
      ...cast,
      k('01-05'),
      o('01-09'),
      signup('c', { at: '01-06', code: 'ANNA', id: 's' }),
      share('anna', { at: '01-06', id: 'h' }),
    ]
    given(...story).stands({
      paths: [],
      net: [],
      excluded: ['h: no-terms', 'k: no-terms', 'o of o: no-terms', 's: no-terms'],
    })
    given(...story, terms({ at: '01-20', from: '01-05', ...percent('10') })).stands({
      paths: ['o: k'],
      net: ['o 10.00 EUR'],
      rewards: ['share anna o 1.00 EUR'],
      excluded: [],
      unpaid: [],
    })
    given(...story, terms({ at: '01-20', from: '01-07', ...percent('10') })).stands({
      paths: [],
      net: ['o 10.00 EUR'],
      lost: ['k of o: no-terms'],
      excluded: ['h: no-terms', 'k: no-terms', 's: no-terms'],
      unpaid: ['share o: no-touch'],
    })
  })

  it('counts from the very millisecond of the beginning', () => {
    given(...cast, k('01-05'), o('01-09'))
      .when(terms({ at: '01-20', from: '01-09' }))
      .stands({ net: ['o 10.00 EUR'], lost: ['k of o: no-terms'] })
    given(...cast, k('01-05'), o('01-09'))
      .when(terms({ at: '01-20', from: '01-09 00:00:00.001' }))
      .then({ table: 'programs', version: 1 })
  })

  it('brings its rewards once terms that pay for it arrive', () => {
    const fixed = (trigger: string) => rule(trigger, { trigger, amount: { fixed: '1.00' } })
    const rewards = ['click', 'share', 'signup', 'conversion'].map(fixed)
    const story = [
      ...cast,
      k('01-05'),
      share('anna', { at: '01-06', id: 'h' }),
      signup('c', { at: '01-06', code: 'ANNA', id: 's' }),
      o('01-09'),
    ]
    given(...story, terms({ at: '01-20', from: '01-05', rewards })).stands({
      rewards: [
        'click anna k 1.00 EUR',
        'conversion anna o 1.00 EUR',
        'share anna h 1.00 EUR',
        'signup anna s 1.00 EUR',
      ],
      unpaid: [],
    })
  })

  it('enters its tables when terms that cover it arrive', () => {
    given(
      ...cast,
      k('01-05'),
      signup('c', { at: '01-06', code: 'ANNA', visitorId: 'v', id: 's' }),
      share('anna', { at: '01-06', id: 'h' }),
    )
      .when(terms({ at: '01-20', from: '01-05' }))
      .then(
        { table: 'programs', version: 1 },
        { table: 'touches', kind: 'click', touch_id: 'click:app:k' },
        { table: 'exclusions', sign: -1, reason: 'no-terms', event_id: 'k' },
        { table: 'touches', kind: 'share', touch_id: 'share:app:h' },
        { table: 'signups', customer_id: 'c' },
        { table: 'touches', kind: 'signup', touch_id: 'signup:c' },
        { table: 'exclusions', sign: -1, reason: 'no-terms', event_id: 'h' },
        { table: 'exclusions', sign: -1, reason: 'no-terms', event_id: 's' },
      )
  })
})
