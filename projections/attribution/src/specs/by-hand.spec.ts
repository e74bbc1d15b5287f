import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, granted, program, refund, rule, takenBack, terms } from './story.ts'

const o = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })

describe('a reward by hand', () => {
  it('is a reward of its own, held as the terms say', () => {
    given(program({ holdDays: 5 }))
      .when(granted('anna', '12.34 EUR', { at: '01-10', id: 'g' }))
      .then({
        table: 'rewards',
        reward_id: 'granted:app:g',
        rule_id: 'by-hand',
        terms_version: 1,
        beneficiary_id: 'anna',
        role: 'advocate',
        conversion_id: '',
        trigger: 'by-hand',
        source: 'app',
        event_id: 'g',
        amount: '12.34',
        currency: 'EUR',
        entry: 'accrued',
        earned_at: '2026-01-10 00:00:00.000',
        available_on: '2026-01-15',
      })
  })

  it('is taken back at once, without a hold', () => {
    given(program({ holdDays: 5 }))
      .when(takenBack('anna', '12.34 EUR', { at: '01-10', id: 'g' }))
      .then({
        table: 'rewards',
        reward_id: 'revoked:app:g',
        rule_id: 'by-hand',
        amount: '-12.34',
        entry: 'reversed',
        available_on: '2026-01-10',
      })
  })

  it('may be in any currency, and of anybody', () => {
    given(program(), granted('nobody', '500 JPY', { at: '01-10', id: 'g' })).stands({
      rewards: ['by-hand nobody g 500 JPY'],
    })
  })

  it('takes more back than was granted, if so told', () => {
    given(
      program(),
      granted('anna', '5.00 EUR', { at: '01-10', id: 'g' }),
      takenBack('anna', '7.00 EUR', { at: '01-11', id: 't' }),
    ).stands({
      rewards: ['by-hand anna g 5.00 EUR', 'by-hand anna t -7.00 EUR'],
    })
  })

  it('that names a conversion waits for it', () => {
    given(program())
      .when(granted('anna', '5.00 EUR', { at: '01-09', conversionId: 'o', id: 'g' }))
      .then({
        table: 'exclusions',
        sign: 1,
        subject: 'event',
        reason: 'unknown-conversion',
        event_id: 'g',
        conversion_id: 'o',
      })
    given(program(), granted('anna', '5.00 EUR', { at: '01-09', conversionId: 'o', id: 'g' }))
      .when(o)
      .then(
        { table: 'conversions' },
        { table: 'exclusions', sign: -1, subject: 'event', reason: 'unknown-conversion', event_id: 'g' },
        {
          table: 'rewards',
          conversion_id: 'o',
          amount: '5.00',
          earned_at: '2026-01-09 00:00:00.000',
          available_on: '2026-02-08',
        },
      )
  })

  it('that names a known conversion is paid at once', () => {
    given(program(), o)
      .when(
        granted('anna', '5.00 EUR', { at: '01-12', conversionId: 'o' }),
        takenBack('anna', '1.00 EUR', { at: '01-13', conversionId: 'o' }),
      )
      .then(
        { table: 'rewards', conversion_id: 'o', amount: '5.00', entry: 'accrued' },
        { table: 'rewards', conversion_id: 'o', amount: '-1.00', entry: 'reversed' },
      )
  })

  it('is touched by no refund, and by no cap', () => {
    const rewards = [rule('x', { caps: { perAdvocate: { amount: '1.00' } } })]
    given(
      program({ rewards }),
      click('v', 'ANNA', { at: '01-05' }),
      granted('anna', '5.00 EUR', { at: '01-09', id: 'g' }),
      o,
      refund('r', 'o', '10.00 EUR', { at: '01-20' }),
    ).stands({ rewards: ['by-hand anna g 5.00 EUR'] })
    given(
      program({ rewards }),
      click('v', 'ANNA', { at: '01-05' }),
      granted('anna', '5.00 EUR', { at: '01-09', id: 'g' }),
      o,
    ).stands({
      rewards: ['by-hand anna g 5.00 EUR', 'x anna o 1.00 EUR'],
    })
  })

  it('from before version 1 is excluded, and paid once terms cover it', () => {
    given()
      .when(granted('anna', '5.00 EUR', { at: '01-09', id: 'g' }))
      .then({ table: 'exclusions', sign: 1, subject: 'event', reason: 'no-terms', event_id: 'g' })
    given(granted('anna', '5.00 EUR', { at: '01-09', id: 'g' }))
      .when(terms({ at: '01-10' }))
      .then({ table: 'programs', version: 1 })
    given(granted('anna', '5.00 EUR', { at: '01-09', id: 'g' }))
      .when(terms({ at: '01-20', from: '01-09', holdDays: 1 }))
      .then(
        { table: 'programs', version: 1 },
        { table: 'exclusions', sign: -1, subject: 'event', reason: 'no-terms', event_id: 'g' },
        { table: 'rewards', amount: '5.00', terms_version: 1, available_on: '2026-01-10' },
      )
  })

  it('may wait for both its conversion and its terms', () => {
    const g = granted('anna', '5.00 EUR', { at: '01-09', conversionId: 'o', id: 'g' })
    given(g, o).stands({ excluded: ['g of o: no-terms', 'o of o: no-terms'], rewards: [] })
    given(g, o, terms({ at: '01-01' })).stands({ excluded: [], rewards: ['by-hand anna o 5.00 EUR'] })
    given(g, terms({ at: '01-01' }), o).stands({ excluded: [], rewards: ['by-hand anna o 5.00 EUR'] })
  })

  it('has the version in force at its time', () => {
    given(program({ holdDays: 5 }), terms({ at: '01-05', from: '01-10', holdDays: 1 }))
      .when(granted('anna', '5.00 EUR', { at: '01-09' }), granted('anna', '5.00 EUR', { at: '01-10' }))
      .thenIn(
        'rewards',
        { terms_version: 1, available_on: '2026-01-14' },
        { terms_version: 2, available_on: '2026-01-11' },
      )
  })
})
