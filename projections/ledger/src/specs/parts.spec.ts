import { parseEvent } from '@vouch/domain'
import { attribution } from '@vouch/projection-attribution'
import { foldingInTurn, type LoggedEvent, memoryState, type Projection, type Row } from '@vouch/projector'
import { programLogs } from '@vouch/testing'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { ledger } from '../index.ts'

/** Attribution with parts of one row each. */
const rowByRow: Projection = {
  ...attribution,
  foldInParts(state, logged) {
    const parts = attribution.foldInParts?.(state, logged)
    return parts && singles(parts)
  },
}

function* singles(parts: Iterable<readonly Row[]>): Generator<readonly Row[]> {
  for (const part of parts) for (const row of part) yield [row]
}

const entriesOf = (rows: readonly (readonly Row[])[]) => rows.flat().filter(({ table }) => table === 'ledger')

it('has the same entries, each under a name of its own, where the rows of attribution come one by one', () => {
  let again = 0
  fc.assert(
    fc.property(programLogs(), (log) => {
      const whole = foldingInTurn([attribution, ledger], () => memoryState())
      const states = new Map([rowByRow, ledger].map((it) => [it, memoryState()]))
      const apart = foldingInTurn([rowByRow, ledger], (it) => states.get(it) ?? memoryState())
      const names = new Map<string, number>()
      for (const { position, recordedAt, event } of log) {
        const parsed = parseEvent(
          { specversion: '1.0', ...event, time: new Date(event.time).toISOString() },
          event.time,
        )
        if (isLeft(parsed)) continue
        const logged: LoggedEvent = { position: BigInt(position), recordedAt, event: parsed.right }
        const expected = entriesOf(whole.fold(logged))
        const parts = apart.foldInParts(logged)
        const found: Row[] = []
        if (parts) for (const made of parts) found.push(...entriesOf(made))
        else found.push(...entriesOf(apart.fold(logged)))
        expect(found).toStrictEqual(expected)
        for (const { values } of found) {
          const name = `${values.transaction_id}`
          names.set(name, (names.get(name) ?? 0) + 1)
          if (parts && /\/[12]$/.test(name)) again += 1
        }
      }
      expect([...names.values()].filter((entries) => entries !== 2)).toEqual([])
    }),
    { numRuns: 300 },
  )
  // Else no reward moved in more than one part.
  expect(again).toBeGreaterThan(50)
})
