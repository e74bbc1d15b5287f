import { describe, expect, it } from 'vitest'
import { bookable, countsOf, needsPerson, reconcile, reconciliationClasses } from './reconcile.ts'
import { instruction, recorded, stated } from './reconciliation.examples.ts'
import type { StatedLine } from './statement-line.ts'

const eur = (value: string) => ({ value, currency: 'EUR' })

/** 'class reference', and what of it is booked. */
const told = (lines: readonly StatedLine[], instructions = [instruction('A'), instruction('B')]) =>
  reconcile(instructions, recorded(lines)).map((it) => {
    const booked = bookable(it).map(({ status }) => status)
    return [`${it.class} ${it.reference}`, ...booked].join(' ')
  })

const b = stated('B')
const booked = 'settled B settled'

// Each way in which instruction A can be told of, beside a correct line for B.
const table: readonly [string, readonly StatedLine[], readonly string[]][] = [
  ['paid', [stated('A'), b], ['settled A settled', booked]],
  ['paid, to nobody named', [stated('A', { beneficiaryId: undefined }), b], ['settled A settled', booked]],
  ['failed', [stated('A', { status: 'failed' }), b], ['failed A failed', booked]],
  ['returned', [stated('A', { status: 'returned' }), b], ['returned A returned', booked]],
  [
    'paid and returned',
    [stated('A', { status: 'returned', date: '2026-04-09' }), stated('A'), b],
    ['returned A settled returned', booked],
  ],
  [
    'returned on a day before it was paid, as the bank has it',
    [stated('A', { status: 'returned', date: '2026-04-01' }), stated('A'), b],
    ['returned A settled returned', booked],
  ],
  [
    'paid and returned twice',
    [stated('A'), stated('A', { status: 'returned' }), stated('A', { status: 'returned' }), b],
    ['returned A settled returned', 'duplicate A', booked],
  ],
  [
    'paid and returned in part',
    [stated('A'), stated('A', { status: 'returned', amount: eur('9.00') }), b],
    ['amount-differs A settled', booked],
  ],
  [
    'paid, and returned in another currency',
    [stated('A'), stated('A', { status: 'returned', amount: { value: '10.00', currency: 'USD' } }), b],
    ['currency-differs A settled', booked],
  ],
  ['not told of', [b], ['missing A', booked]],
  ['not told of, nor is B', [], ['awaiting A', 'awaiting B']],
  ['paid twice', [stated('A'), stated('A'), b], ['settled A settled', 'duplicate A', booked]],
  [
    'paid and failed',
    [stated('A', { status: 'failed', date: '2026-04-01' }), stated('A'), b],
    ['settled A settled', 'duplicate A', booked],
  ],
  [
    'failed and returned',
    [stated('A', { status: 'returned' }), stated('A', { status: 'failed' }), b],
    ['failed A failed', 'duplicate A', booked],
  ],
  ['paid otherwise', [stated('A', { amount: eur('9.99') }), b], ['amount-differs A', booked]],
  ['failed otherwise', [stated('A', { status: 'failed', amount: eur('9.99') }), b], ['amount-differs A', booked]],
  [
    'paid in another currency, and otherwise',
    [stated('A', { amount: { value: '11.00', currency: 'USD' } }), b],
    ['currency-differs A', booked],
  ],
  [
    'paid in two parts',
    [stated('A', { amount: eur('4.00') }), stated('A', { amount: eur('6.00') }), b],
    ['amount-differs A', 'duplicate A', booked],
  ],
  [
    'paid otherwise, then as instructed',
    [stated('A', { amount: eur('9.00') }), stated('A', { date: '2026-04-09' }), b],
    ['settled A settled', 'duplicate A', booked],
  ],
  [
    'paid otherwise, and that returned',
    [stated('A', { amount: eur('9.00') }), stated('A', { amount: eur('9.00'), status: 'returned' }), b],
    ['amount-differs A', booked],
  ],
  ['paid to another', [stated('A', { beneficiaryId: 'who-B' }), b], ['missing A', booked, 'unexpected A']],
  [
    'paid to the other, and the other way round',
    [stated('A', { beneficiaryId: 'who-B' }), stated('B', { beneficiaryId: 'who-A' })],
    ['missing A', 'missing B', 'unexpected A', 'unexpected B'],
  ],
  ['not told of, but something else is', [stated('C'), b], ['missing A', booked, 'unexpected C']],
  [
    'not told of, nor is B, but something else is',
    [stated('C'), stated('C')],
    ['awaiting A', 'awaiting B', 'unexpected C', 'unexpected C'],
  ],
]

describe('an instruction', () => {
  it.each(table)('%s', (_name, lines, expected) => {
    expect(told(lines)).toStrictEqual(expected)
    expect(told(lines.toReversed())).toStrictEqual(expected)
  })

  it('has the earlier of two that say the same for its pair, whatever their ids are', () => {
    const days = ['2026-04-03', '2026-04-04', '2026-04-05']
    for (const lineId of ['1', '2', '3']) {
      const lines = days.map((date) => stated('A', { date, statementId: 's', lineId: `${lineId}${date}` }))
      const [pair, ...others] = reconcile([instruction('A')], recorded(lines.toReversed()))
      expect([pair?.said.map(({ date }) => date), others.map((it) => it.class)]).toStrictEqual([
        ['2026-04-03'],
        ['duplicate', 'duplicate'],
      ])
    }
  })

  it('is booked once', () => {
    const lines = recorded([stated('A'), stated('A', { status: 'returned' })])
    const booked = (['settled', 'failed', 'returned', undefined] as const).map((outcome) =>
      reconcile([instruction('A', 1000n, { outcome })], lines)
        .flatMap((it) => bookable(it))
        .map(({ status }) => status),
    )
    expect(booked).toStrictEqual([['returned'], [], [], ['settled', 'returned']])
  })

  it('of a batch of which no statement speaks is awaited, whatever is said of others', () => {
    const instructions = [instruction('A', 1000n, { batchId: 'summer-2' }), instruction('B')]
    expect(told([b], instructions)).toStrictEqual(['awaiting A', booked])
  })
})

describe('a class', () => {
  it('needs a person unless statement and instruction are of one mind, or nothing is said yet', () => {
    expect(reconciliationClasses.filter(needsPerson)).toStrictEqual([
      'missing',
      'unexpected',
      'duplicate',
      'currency-differs',
      'amount-differs',
    ])
  })

  it('is counted', () => {
    const lines = recorded([stated('A'), stated('A'), stated('C'), stated('D')])
    expect(countsOf(reconcile([instruction('A'), instruction('B')], lines))).toStrictEqual({
      settled: 1,
      missing: 1,
      unexpected: 2,
      duplicate: 1,
    })
  })
})

describe('a line', () => {
  const named = (statementId: string, lineId: string, more: Partial<StatedLine> = {}) =>
    stated('A', { statementId, lineId, ...more })
  const count = (...files: readonly (readonly StatedLine[])[]) => recorded(...files).length

  it.each([
    ['without ids, in two files, is one', [[stated('A')], [stated('A')]], 1],
    ['without ids, twice in a file, is two', [[stated('A'), stated('A')]], 2],
    [
      'without ids, twice in each of two files, is two',
      [
        [stated('A'), stated('A')],
        [stated('A'), stated('A')],
      ],
      2,
    ],
    ['that says anything else is another', [[stated('A'), stated('A', { date: '2026-04-04' })]], 2],
    ['of another provider is another', [[stated('A')], [stated('A', { provider: 'other' })]], 2],
    ['with ids is one, whatever file it is in', [[named('s', '1')], [b, named('s', '1')], [named('s', '1')]], 2],
    ['with another id is another', [[named('s', '1'), named('s', '2'), named('t', '1')]], 3],
    ['with ids of another provider is another', [[named('s', '1'), named('s', '1', { provider: 'other' })]], 2],
    ['with ids that run together is another', [[named('s', '1","2'), named('s","1', '2')]], 2],
    [
      'with the id of the line alone is known by what it says',
      [[stated('A', { lineId: '1' }), b, stated('C', { lineId: '1' })]],
      3,
    ],
  ])('%s', (_name, files, expected) => {
    expect(count(...files)).toBe(expected)
  })
})
