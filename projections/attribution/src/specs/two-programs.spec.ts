import { describe, it } from 'vitest'
import { given } from './given.ts'
import { type Bought, click, conversion, enrolled, issued, program, rule, type Terms, terms } from './story.ts'

const k = (at: string, id = 'k') => click('v', 'ANNA', { at, id })
const o = (at: string, id = 'o', more: Bought = {}) => conversion(id, '10.00 EUR', { at, visitorId: 'v', ...more })
const percent = (points: string, more: Terms = {}): Terms => ({
  rewards: [rule('share', { amount: { percent: points } })],
  ...more,
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
