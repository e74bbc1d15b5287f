import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, enrolled, issued, program, terms } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })
const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]

const models = ['first-touch', 'last-touch', 'linear', 'position-based', 'time-decay']

/** A row of each model, of which one pays. */
const rows = (amount: string, paying: string, terms_version = 1) =>
  models.map((model) => ({ model, amount, pays: model === paying ? 1 : 0, terms_version }))

describe('the model that pays', () => {
  it('is marked in each row, by the terms that the conversion falls under', () => {
    given(program({ attribution: { rewardBy: 'linear' } }), k)
      .when(o)
      .thenIn('attributions', ...rows('10.00', 'linear'))
  })

  it('is another under terms that come to cover the conversion: the one is taken back, the other given', () => {
    const first = terms({ at: '01-01', attribution: { rewardBy: 'first-touch' } })
    const second = terms({ at: '01-08', recorded: '01-20', attribution: { rewardBy: 'time-decay' } })
    given(first, ...cast, k, o)
      .when(second)
      .thenIn('attributions', ...rows('-10.00', 'first-touch'), ...rows('10.00', 'time-decay', 2))
  })
})
