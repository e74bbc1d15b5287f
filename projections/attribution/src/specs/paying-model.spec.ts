import { describe, it } from 'vitest'
import { given } from './given.ts'
import { click, conversion, enrolled, issued, program, terms } from './story.ts'

const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })
const cast = [enrolled('anna', { at: '01-01' }), issued('ANNA', 'anna', { at: '01-01' })]

const row = (model: string, amount: string, pays: number, terms_version = 1) => ({
  model,
  amount,
  pays,
  terms_version,
})

describe('the model that pays', () => {
  it('is marked in each row, by the terms that the conversion falls under', () => {
    given(program({ attribution: { rewardBy: 'linear' } }), k)
      .when(o)
      .thenIn(
        'attributions',
        row('first-touch', '10.00', 0),
        row('last-touch', '10.00', 0),
        row('linear', '10.00', 1),
        row('position-based', '10.00', 0),
        row('time-decay', '10.00', 0),
      )
  })

  it('is another under terms that come to cover the conversion: the one is taken back, the other given', () => {
    const first = terms({ at: '01-01', attribution: { rewardBy: 'first-touch' } })
    const second = terms({ at: '01-08', recorded: '01-20', attribution: { rewardBy: 'time-decay' } })
    given(first, ...cast, k, o)
      .when(second)
      .thenIn(
        'attributions',
        row('first-touch', '-10.00', 1),
        row('last-touch', '-10.00', 0),
        row('linear', '-10.00', 0),
        row('position-based', '-10.00', 0),
        row('time-decay', '-10.00', 0),
        row('first-touch', '10.00', 0, 2),
        row('last-touch', '10.00', 0, 2),
        row('linear', '10.00', 0, 2),
        row('position-based', '10.00', 0, 2),
        row('time-decay', '10.00', 1, 2),
      )
  })
})
