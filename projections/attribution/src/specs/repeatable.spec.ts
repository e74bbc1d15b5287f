import * as fc from 'fast-check'
import { describe, it } from 'vitest'
import { rowsOf } from './given.ts'
import { logs } from './logs.ts'

describe('the fold of any log', () => {
  it('gives the same rows again, byte for byte, with a state that goes through JSON', () => {
    fc.assert(
      fc.property(logs(), (log) => void rowsOf(log)),
      { numRuns: 300 },
    )
  })
})
