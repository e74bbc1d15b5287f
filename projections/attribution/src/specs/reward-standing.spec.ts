import { describe, it } from 'vitest'
import { given } from './given.ts'
import { amended, click, conversion, granted, program, refund, rule, takenBack, terms } from './story.ts'

const percent = { rewards: [rule('x', { amount: { percent: '10' } })] }
const k = click('v', 'ANNA', { at: '01-05', id: 'k' })
const o = conversion('o', '10.00 EUR', { at: '01-10', visitorId: 'v' })
const r = (id: string, amount: string) => refund(id, 'o', amount, { at: '01-20' })

describe('the number of rewards that stand', () => {
  it('grows by one with the first amount, and shrinks by one with the last', () => {
    given(program(percent), k)
      .when(o, r('r1', '4.00 EUR'), r('r2', '6.00 EUR'))
      .thenIn(
        'rewards',
        { amount: '1.00', standing: 1 },
        { amount: '-0.40', standing: 0 },
        { amount: '-0.60', standing: -1 },
      )
  })

  it('grows again when the reward comes back', () => {
    given(program(percent), k, o)
      .when(amended('o', '0.00 EUR', { at: '01-11' }), amended('o', '5.00 EUR', { at: '01-12' }))
      .thenIn('rewards', { amount: '-1.00', standing: -1 }, { amount: '0.50', standing: 1 })
  })

  it('is the same after a reward goes on under other terms', () => {
    given(program(percent), k, o)
      .when(terms({ at: '01-08', recorded: '01-20', ...percent }))
      .thenIn('rewards', { amount: '-1.00', standing: -1 }, { amount: '1.00', standing: 1 })
  })

  it('counts what is given and what is taken back by hand, one each', () => {
    given(program())
      .when(
        granted('anna', '5.00 EUR', { at: '01-10', id: 'g' }),
        takenBack('anna', '5.00 EUR', { at: '01-11', id: 't' }),
      )
      .thenIn('rewards', { amount: '5.00', standing: 1 }, { amount: '-5.00', standing: 1 })
  })
})
