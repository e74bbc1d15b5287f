import { shuffle } from '@vouch/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listsOf, orderless, rowsOfLog, sumsOf } from './logs.ts'

describe('the order of arrival', () => {
  it('does not matter to what stands at the end, without caps, tiers and late facts', () => {
    fc.assert(
      fc.property(orderless(), fc.nat(), (log, seed) => {
        const rows = rowsOfLog(log)
        const shuffled = rowsOfLog(shuffle(log, seed))
        expect(sumsOf(shuffled)).toStrictEqual(sumsOf(rows))
        expect(listsOf(shuffled)).toStrictEqual(listsOf(rows))
      }),
      { numRuns: 200 },
    )
  })
})
