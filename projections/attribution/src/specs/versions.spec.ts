import { describe, it } from 'vitest'
import { given } from './given.ts'
import { type Bought, click, conversion, enrolled, issued, rule, share, signup, type Terms, terms } from './story.ts'

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

  it('rule from their date on, in whatever order they were published; of two for the same date the newer one', () => {
    given(
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-20', ...percent('20') }),
      terms({ at: '01-03', from: '01-15', ...percent('30') }),
      ...cast,
      k('01-05'),
      o('01-14', 'a'),
      o('01-15', 'b'),
      o('01-25', 'c'),
    ).stands({ rewards: ['share anna a 1.00 EUR', 'share anna b 3.00 EUR', 'share anna c 2.00 EUR'] })
    given(
      terms({ at: '01-01', ...percent('10') }),
      terms({ at: '01-02', from: '01-20', ...percent('20') }),
      terms({ at: '01-03', from: '01-20', ...percent('30') }),
      ...cast,
      k('01-05'),
      o('01-25'),
    ).stands({ rewards: ['share anna o 3.00 EUR'] })
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
        { table: 'rewards', conversion_id: 'p', terms_version: 2, amount: '1.00', entry: 'adjusted' },
        { table: 'rewards', conversion_id: 'p', terms_version: 2, amount: '1.00', entry: 'adjusted' },
      )
  })

  it('published over rewards leave the room under their caps as it was dealt out', () => {
    const capped = (amount: string) => ({
      rewards: [
        {
          ruleId: 'r',
          trigger: 'conversion',
          to: 'advocate',
          amount: { percent: '10' },
          caps: { perProgram: { amount } },
        },
      ],
    })
    given(
      terms({ at: '01-01', ...capped('1.50') }),
      ...[...cast, k('01-05'), o('01-09'), o('01-14', 'p')],
      terms({ at: '01-10', recorded: '01-20', from: '01-10', ...capped('0.20') }),
    ).stands({ rewards: ['r anna o 1.00 EUR', 'r anna p 0.50 EUR'] })
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
