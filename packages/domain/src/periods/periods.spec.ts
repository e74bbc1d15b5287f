import fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { toCloudEvent } from '../events/decode.ts'
import { parseEvent } from '../events/parse.ts'
import type { EventOf, VouchEvent } from '../events/types.ts'
import {
  type ClosePeriod,
  decideClosing,
  declare,
  declaredTotals,
  evolvePeriods,
  type PeriodEvent,
  type Periods,
} from './periods.ts'
import type { PartyTotals } from './totals.ts'

const now = Date.parse('2026-06-10T12:00:00Z')
const close = (period: string, more: Partial<ClosePeriod> = {}): ClosePeriod => ({
  programId: 'summer',
  period,
  by: 'fay',
  today: '2026-06-10',
  ...more,
})

/** As the log has it. */
function logged<T extends PeriodEvent['type']>(decided: {
  readonly type: T
  readonly id: string
  readonly data: object
}) {
  const event = toCloudEvent({ ...decided, source: 'vouch/periods', time: now } as unknown as VouchEvent)
  const parsed = parseEvent(event, now)
  if (isLeft(parsed)) throw new Error(`${parsed.left.field} ${parsed.left.reason}`)
  return parsed.right as EventOf<T>
}

function closing(command: ClosePeriod, periods: Periods): Periods {
  const decision = decideClosing(command, periods)
  if (isLeft(decision)) throw new Error(decision.left.says)
  return decision.right.reduce((state, event) => evolvePeriods(state, logged(event), 7n), periods)
}

const march = closing(close('2026-03'), [])
const april = closing(close('2026-04'), march)

const table: readonly [string, Periods, ClosePeriod, string | readonly string[]][] = [
  ['any month at first', [], close('2026-03'), ['summer/2026-03/closing']],
  ['the month that is over since midnight', [], close('2026-05', { today: '2026-06-01' }), ['summer/2026-05/closing']],
  ['a month on its last day', [], close('2026-06', { today: '2026-06-30' }), 'not-over'],
  ['a month to come', [], close('2026-12'), 'not-over'],
  ['no month', march, close('2026-13'), 'no-month'],
  ['a day', march, close('2026-03-01'), 'no-month'],
  ['the same again', march, close('2026-03'), []],
  [
    'the same again, by somebody else, before it is over',
    march,
    close('2026-03', { by: 'gil', today: '2026-03-02' }),
    [],
  ],
  ['the next', march, close('2026-04'), ['summer/2026-04/closing']],
  ['the next, which is not over', march, close('2026-04', { today: '2026-04-30' }), 'not-over'],
  ['one too far', march, close('2026-05'), 'not-next'],
  ['one too far, which is not over', march, close('2026-07'), 'not-next'],
  ['one before the first', april, close('2026-02'), 'closed-before'],
  ['one of two', april, close('2026-03'), []],
]

describe('closing a month', () => {
  it.each(table)('%s', (_what, periods, command, expected) => {
    const decision = decideClosing(command, periods)
    if (isRight(decision)) expect(decision.right.map(({ id }) => id)).toStrictEqual(expected)
    else expect(decision.left.tag).toBe(expected)
  })

  it('is told why it is not done, and what to do', () => {
    const says = (command: ClosePeriod, periods: Periods) => {
      const decision = decideClosing(command, periods)
      return isLeft(decision) ? decision.left.says : 'done'
    }
    expect([
      says(close('May'), []),
      says(close('2026-02'), april),
      says(close('2026-06'), april),
      says(close('2026-06'), []),
    ]).toStrictEqual([
      'May is not a month; write one such as 2026-03.',
      '2026-02 was closed with 2026-03, the first month of summer to be closed.',
      '2026-05 is the next month of summer to be closed; close it before 2026-06.',
      '2026-06 ends on 2026-06-30; close it when that day is over.',
    ])
  })
})

const totals = (more: Partial<PartyTotals> = {}): PartyTotals => ({
  role: 'advocate',
  beneficiaryId: 'anna',
  currency: 'EUR',
  opening: 0n,
  earned: 0n,
  reversed: 0n,
  paid: 0n,
  writtenOff: 0n,
  converted: 0n,
  adjusted: 0n,
  closing: 0n,
  pending: 0n,
  payable: 0n,
  inTransit: 0n,
  ...more,
})

describe('what is declared of a month', () => {
  const minor = fc.bigInt(-(10n ** 13n), 10n ** 13n)
  const anybody = fc
    .record({
      role: fc.constantFrom('advocate' as const, 'referee' as const, 'upline' as const),
      currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
      ...Object.fromEntries(
        ['opening', 'earned', 'reversed', 'paid', 'writtenOff', 'converted', 'adjusted', 'pending', 'payable'].map(
          (name) => [name, minor],
        ),
      ),
    })
    .map((given) => {
      const it = { ...totals(), ...given } as PartyTotals
      const closing = it.opening + it.earned + it.reversed + it.paid + it.writtenOff + it.converted + it.adjusted
      return { ...it, closing, inTransit: closing - it.pending - it.payable }
    })

  it('reads as it was written, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(anybody, { maxLength: 4 }), (told) => {
        const [period] = march
        if (period === undefined) throw new Error('no period')
        const event = logged(declare('summer', period, told))
        expect(event.data.position).toBe(7)
        expect(declaredTotals(event)).toStrictEqual(told)
        const [after] = evolvePeriods(march, event, 9n)
        expect(after).toStrictEqual({ ...period, declared: { position: 9n, at: now, totals: told } })
      }),
    )
  })

  it('leaves out what is zero', () => {
    const [period] = march
    if (period === undefined) throw new Error('no period')
    const one = totals({ earned: 250n, closing: 250n, pending: 250n })
    expect(declare('summer', period, [one]).data.totals).toStrictEqual([
      { role: 'advocate', beneficiaryId: 'anna', currency: 'EUR', earned: '2.50', closing: '2.50', pending: '2.50' },
    ])
  })

  it.each([
    ['comes to something else by what happened', { earned: '2.50', closing: '2.51', pending: '2.51' }],
    ['comes to something else by what it is', { earned: '2.50', closing: '2.50', pending: '2.49' }],
    ['has digits that the currency lacks', { earned: '2.501', closing: '2.501', pending: '2.501' }],
  ])('is refused where it %s', (_what, amounts) => {
    const one = { role: 'advocate', beneficiaryId: 'anna', currency: 'EUR', ...amounts }
    const data = { programId: 'summer', period: '2026-03', by: 'fay', position: 7, totals: [one] }
    expect(() => logged({ type: 'vouch.period.closed.v1', id: 'x', data })).toThrow(
      'data.totals[0].closing do not come to',
    )
  })
})
