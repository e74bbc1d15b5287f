import { parseEvent } from '@vouch/domain'
import { attribution } from '@vouch/projection-attribution'
import { foldingInTurn, type LoggedEvent, memoryState, type Projection, type Row } from '@vouch/projector'
import { programLogs, type LoggedEvent as Told } from '@vouch/testing'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
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

interface Folds {
  readonly whole: (logged: LoggedEvent) => Row[]
  readonly apart: (logged: LoggedEvent) => Row[]
}

/** The entries of event after event, with attribution's rows all at once and one by one. */
function newFolds(): Folds {
  const states = new Map([rowByRow, ledger].map((it) => [it, memoryState()]))
  const whole = foldingInTurn([attribution, ledger], () => memoryState())
  const apart = foldingInTurn([rowByRow, ledger], (it) => states.get(it) ?? memoryState())
  return {
    whole: (logged) => entriesOf(whole.fold(logged)),
    apart(logged) {
      const found: Row[] = []
      for (const made of apart.foldInParts(logged) ?? [apart.fold(logged)]) found.push(...entriesOf(made))
      return found
    },
  }
}

function stored({ position, recordedAt, event }: Told): LoggedEvent[] {
  const parsed = parseEvent({ specversion: '1.0', ...event, time: new Date(event.time).toISOString() }, event.time)
  return isLeft(parsed) ? [] : [{ position: BigInt(position), recordedAt, event: parsed.right }]
}

describe('the books, where the rows of attribution come one by one', () => {
  it('have the same entries, two under each name', () => {
    fc.assert(
      fc.property(programLogs(), (log) => {
        const { whole, apart } = newFolds()
        const names = new Map<string, number>()
        for (const logged of log.flatMap(stored)) {
          const found = apart(logged)
          expect(found).toStrictEqual(whole(logged))
          for (const { values } of found) {
            const name = String(values.transaction_id)
            names.set(name, (names.get(name) ?? 0) + 1)
          }
        }
        expect([...names.values()].filter((entries) => entries !== 2)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('count on where new terms move a reward three times', () => {
    const terms = (percent: string) => ({
      currency: 'EUR',
      effectiveFrom: '2026-01-01T00:00:00.000Z',
      attribution: { rewardBy: 'last-touch', lookback: { click: '30d', signup: '365d' } },
      holdDays: 30,
      rewards: [{ ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent } }],
    })
    const amount = { value: '10.00', currency: 'EUR' }
    const told: readonly (readonly [type: string, data: Record<string, unknown>])[] = [
      ['program.published', terms('10')],
      ['advocate.enrolled', { advocateId: 'anna' }],
      ['code.issued', { advocateId: 'anna', code: 'ANNA' }],
      ['click', { visitorId: 'v', code: 'ANNA' }],
      ['conversion', { conversionId: 'o', visitorId: 'v', amount }],
      ['program.published', terms('20')],
    ]
    const log = told.flatMap(([type, data], index) => {
      const time = Date.UTC(2026, 0, 2 + index)
      const event = {
        id: `e${index}`,
        source: 'app',
        type: `vouch.${type}.v1`,
        time,
        data: { programId: 'p', ...data },
      }
      return stored({ position: index + 1, recordedAt: time, event } as Told)
    })
    expect(log).toHaveLength(told.length)
    const { whole, apart } = newFolds()
    const [expected, found] = log.map((logged) => [whole(logged), apart(logged)] as const).at(-1) ?? []
    expect(found).toStrictEqual(expected)
    const names = found?.map(({ values }) => String(values.transaction_id)) ?? []
    expect(new Set(names).size).toBe(6)
    expect(names.map((name) => /\/\d+$/.exec(name)?.[0])).toEqual([
      ...[undefined, undefined, undefined, undefined],
      ...['/1', '/1', '/1', '/1'],
      ...['/2', '/2', '/2', '/2'],
    ])
  })
})
