import { describe, it } from 'vitest'
import { given, type Story } from './given.ts'
import {
  type Bought,
  click,
  conversion,
  enrolled,
  issued,
  program,
  rule,
  share,
  signup,
  type Terms,
  terms,
} from './story.ts'

const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]
const k = (at: string, id = 'k') => click('v', 'ANNA', { at, id })
const o = (at: string, id = 'o', more: Bought = {}) => conversion(id, '10.00 EUR', { at, visitorId: 'v', ...more })
const percent = (points: string, more: Terms = {}): Terms => ({
  rewards: [rule('share', { amount: { percent: points } })],
  ...more,
})

describe('terms', () => {
  it('hold from the millisecond in which they take effect', () => {
    given(
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-10', ...percent('20') }),
      ...cast,
      k('01-05'),
      o('01-09 23:59:59.999', 'a'),
      o('01-10', 'b'),
    ).stands({ rewards: ['share anna a 1.00 EUR', 'share anna b 2.00 EUR'] })
  })

  it('are named by the rows of what falls under them', () => {
    const story = [
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-10', ...percent('20') }),
      ...cast,
      k('01-05'),
    ]
    const versions = (version: number) => Array.from({ length: 5 }, () => ({ terms_version: version }))
    given(...story)
      .when(o('01-09'))
      .thenIn('attributions', ...versions(1))
    given(...story)
      .when(o('01-10'))
      .thenIn('attributions', ...versions(2))
    given(...story)
      .when(o('01-09'))
      .thenIn('rewards', { terms_version: 1 })
    given(...story)
      .when(o('01-10'))
      .thenIn('rewards', { terms_version: 2 })
  })

  it('published later replace what was promised before for the same days, also what has not begun', () => {
    given(
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-20', ...percent('20') }),
      terms({ at: '01-03', from: '01-15', ...percent('30') }),
      ...cast,
      k('01-05'),
      o('01-14', 'a'),
      o('01-15', 'b'),
      o('01-25', 'c'),
    ).stands({ rewards: ['share anna a 1.00 EUR', 'share anna b 3.00 EUR', 'share anna c 3.00 EUR'] })
  })

  it('stay with an older version where the newest has not begun', () => {
    given(
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-15', ...percent('20') }),
      terms({ at: '01-03', from: '01-20', ...percent('30') }),
      ...cast,
      k('01-05'),
      o('01-16'),
    ).stands({ rewards: ['share anna o 2.00 EUR'] })
  })

  it('rule in everything that a conversion is judged by: look-back, models, self-referral, rewards, hold', () => {
    const second = terms({
      at: '01-02',
      from: '01-10',
      attribution: { lookback: { click: '3d', signup: '3d' }, rewardBy: 'first-touch', selfReferral: 'allow' },
      holdDays: 1,
      rewards: [rule('share', { amount: { percent: '50' } })],
    })
    const story = [
      terms({ at: '01-01', ...percent('10', { holdDays: 5 }) }),
      second,
      enrolled('anna', { at: '01-01', customerId: 'c' }),
      issued('ANNA', 'anna', { at: '01-01' }),
      enrolled('bert', { at: '01-01' }),
      issued('BERT', 'bert', { at: '01-01' }),
      click('v', 'BERT', { at: '01-07', id: 'b' }),
      k('01-08'),
      click('v', 'BERT', { at: '01-08 12:00', id: 'b2' }),
    ]
    given(...story)
      .when(o('01-09', 'o', { customerId: 'c' }))
      .thenIn('rewards', { beneficiary_id: 'bert', amount: '1.00', available_on: '2026-01-14' })
    given(...story, o('01-09', 'o', { customerId: 'c' })).stands({
      paths: ['o: b b2'],
      lost: ['k of o: self-referral'],
    })
    given(...story)
      .when(o('01-11', 'o', { customerId: 'c' }))
      .thenIn('rewards', { beneficiary_id: 'anna', amount: '5.00', available_on: '2026-01-12' })
    given(...story, o('01-11', 'o', { customerId: 'c' })).stands({
      paths: ['o: b2 k'],
      lost: ['b of o: outside-look-back'],
    })
  })

  it('rule in clicks, shares and signups by the time of these', () => {
    const fixed = (amount: string): Terms => ({
      rewards: ['click', 'share', 'signup'].map((trigger) => rule(trigger, { trigger, amount: { fixed: amount } })),
    })
    given(
      terms({ at: '01-01', ...fixed('1.00') }),
      terms({ at: '01-02', from: '01-10', ...fixed('2.00') }),
      ...cast,
      k('01-09', 'k1'),
      k('01-10', 'k2'),
      share('anna', { at: '01-09', id: 'h1' }),
      share('anna', { at: '01-10', id: 'h2' }),
      signup('c', { at: '01-09', code: 'ANNA', id: 's1' }),
      signup('d', { at: '01-10', code: 'ANNA', id: 's2' }),
    ).stands({
      rewards: [
        'click anna k1 1.00 EUR',
        'click anna k2 2.00 EUR',
        'share anna h1 1.00 EUR',
        'share anna h2 2.00 EUR',
        'signup anna s1 1.00 EUR',
        'signup anna s2 2.00 EUR',
      ],
    })
  })

  it('published over facts that are in the log already judge them anew', () => {
    const story = [terms({ at: '01-01', ...percent('10') }), ...cast, k('01-05'), o('01-09'), o('01-14', 'p')]
    given(...story)
      .when(terms({ at: '01-10', recorded: '01-20', from: '01-10', ...percent('20') }))
      .then(
        { table: 'programs', version: 2, currency: 'EUR', reward_by: 'last-touch' },
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].flatMap((model) => [
          {
            table: 'attributions',
            conversion_id: 'p',
            model,
            terms_version: 1,
            credit: '-1.000000000',
            amount: '-10.00',
          },
        ]),
        ...['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay'].flatMap((model) => [
          {
            table: 'attributions',
            conversion_id: 'p',
            model,
            terms_version: 2,
            credit: '1.000000000',
            amount: '10.00',
          },
        ]),
        { table: 'rewards', conversion_id: 'p', terms_version: 1, amount: '-1.00', entry: 'reversed' },
        { table: 'rewards', conversion_id: 'p', terms_version: 2, amount: '2.00', entry: 'adjusted' },
      )
  })

  it('published again for the future change nothing that was', () => {
    given(terms({ at: '01-01', ...percent('10') }), ...cast, k('01-05'), o('01-09'))
      .when(terms({ at: '01-20', ...percent('20') }))
      .then({ table: 'programs', version: 2, effective_from: '2026-01-20 00:00:00.000' })
  })

  it('are a row of programs each, with all that was promised', () => {
    given()
      .when(terms({ at: '01-02', name: 'Summer', from: '01-01', holdDays: 3 }))
      .then({
        table: 'programs',
        program_id: 'summer',
        version: 1,
        name: 'Summer',
        currency: 'EUR',
        reward_by: 'last-touch',
        effective_from: '2026-01-01 00:00:00.000',
        occurred_at: '2026-01-02 00:00:00.000',
        terms: JSON.stringify({
          programId: 'summer',
          name: 'Summer',
          currency: 'EUR',
          effectiveFrom: '2026-01-01T00:00:00.000Z',
          attribution: {
            rewardBy: 'last-touch',
            lookback: { click: '30d', signup: '365d' },
            touchReuse: 'all',
            selfReferral: 'exclude',
            positionBased: { first: 0.4, last: 0.4 },
            timeDecay: { halfLife: '7d' },
            horizon: '90d',
          },
          holdDays: 3,
          rewards: [],
        }),
      })
  })
})

describe('caps and tiers', () => {
  it('belong to the rule’s id, across versions', () => {
    const capped = (points: string): Terms =>
      percent(points, {
        rewards: [rule('share', { amount: { percent: points }, caps: { perProgram: { amount: '4.00' } } })],
      })
    given(
      terms({ at: '01-01', ...capped('30') }),
      terms({ at: '01-02', from: '01-10', ...capped('20') }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
    ).stands({ rewards: ['share anna a 3.00 EUR', 'share anna b 1.00 EUR'] })
  })

  it('count what came under an earlier version', () => {
    const ladder = (points: string): Terms => ({
      rewards: [
        rule('ladder', {
          amount: {
            tiers: {
              by: 'conversions',
              steps: [
                { from: 0, percent: '10' },
                { from: 1, percent: points },
              ],
            },
          },
        }),
      ],
    })
    given(
      terms({ at: '01-01', ...ladder('20') }),
      terms({ at: '01-02', from: '01-10', ...ladder('50') }),
      ...cast,
      k('01-05'),
      o('01-09', 'a'),
      o('01-11', 'b'),
    ).stands({ rewards: ['ladder anna a 1.00 EUR', 'ladder anna b 5.00 EUR'] })
  })
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

describe('two programs', () => {
  it('do not touch each other, whatever names they share', () => {
    const inWinter = { program: 'winter' }
    given(program(percent('10')), k('01-05'), o('01-10', 'o', { customerId: 'c' }))
      .when(
        terms({ at: '01-01', ...inWinter, ...percent('50') }),
        enrolled('anna', { at: '01-01', ...inWinter }),
        issued('ANNA', 'bert', { at: '01-01', ...inWinter }),
        click('v', 'ANNA', { at: '01-11', id: 'w', ...inWinter }),
        conversion('x', '4.00 EUR', { at: '01-12', visitorId: 'v', customerId: 'c', ...inWinter }),
      )
      .stands({
        paths: ['o: k', 'x: w'],
        net: ['o 10.00 EUR', 'x 4.00 EUR'],
        rewards: ['share anna o 1.00 EUR', 'share bert x 2.00 EUR'],
        lost: [],
      })
  })

  it('may know the same conversion, each its own', () => {
    given(program(percent('10')), k('01-05'), o('01-10'))
      .when(
        terms({ at: '01-01', program: 'winter' }),
        conversion('o', '4.00 EUR', { at: '01-12', visitorId: 'v', program: 'winter' }),
      )
      .thenIn('conversions', { program_id: 'winter', conversion_id: 'o', amount: '4.00', entry: 'converted' })
  })
})
