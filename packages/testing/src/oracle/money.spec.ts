import { describe, expect, it } from 'vitest'
import { auditLog } from './audit.ts'
import { fraction, roundHalfAway, split } from './exact.ts'
import type { Model, PlainEvent } from './log.ts'
import {
  amended,
  click,
  conversion,
  type DraftTerms,
  day,
  granted,
  logOf,
  program,
  refund,
  revoked,
  share,
  suspended,
} from './story.ts'

/** 'A:k1 333333334 334' a row: advocate, touch, credit, minor units. */
function rowsOf(events: readonly PlainEvent[], model: Model): string[] {
  return [...auditLog(logOf(...events)).attributions]
    .map(([key, row]) => ({ parts: key.split('|'), row }))
    .filter(({ parts }) => parts[2] === model)
    .map(({ parts, row }) => `${parts[3]}:${parts[4]?.slice(2)} ${row.credit} ${row.amountMinor}`)
}

const one = [click('k1', day(1), 'A')]
const two = [...one, click('k2', day(8), 'B')]
const three = [...two, click('k3', day(9), 'C')]
const four = [...three, click('k4', day(9.5), 'A')]
const position = (first: number, last: number): DraftTerms => ({ attribution: { positionBased: { first, last } } })

describe('models', () => {
  it.each<[Model, PlainEvent[], string, DraftTerms, string[]]>([
    ['first-touch', three, '10.00 EUR', {}, ['A:k1 1000000000 1000']],
    ['last-touch', three, '10.00 EUR', {}, ['C:k3 1000000000 1000']],
    ['linear', three, '10.00 EUR', {}, ['A:k1 333333334 334', 'B:k2 333333333 333', 'C:k3 333333333 333']],
    ['linear', three, '0.02 EUR', {}, ['A:k1 333333334 1', 'B:k2 333333333 1', 'C:k3 333333333 0']],
    ['linear', three, '0.00 EUR', {}, ['A:k1 333333334 0', 'B:k2 333333333 0', 'C:k3 333333333 0']],
    ['linear', three, '100 JPY', {}, ['A:k1 333333334 34', 'B:k2 333333333 33', 'C:k3 333333333 33']],
    ['linear', two, '0.001 KWD', {}, ['A:k1 500000000 1', 'B:k2 500000000 0']],
    ['position-based', one, '10.00 EUR', {}, ['A:k1 1000000000 1000']],
    ['position-based', two, '10.01 EUR', {}, ['A:k1 500000000 501', 'B:k2 500000000 500']],
    ['position-based', three, '10.00 EUR', {}, ['A:k1 400000000 400', 'B:k2 200000000 200', 'C:k3 400000000 400']],
    [
      'position-based',
      four,
      '10.00 EUR',
      {},
      ['A:k1 400000000 400', 'B:k2 100000000 100', 'C:k3 100000000 100', 'A:k4 400000000 400'],
    ],
    ['position-based', three, '10.00 EUR', position(0.5, 0.5), ['A:k1 500000000 500', 'C:k3 500000000 500']],
    [
      'position-based',
      three,
      '10.00 EUR',
      position(0.333, 0.25),
      ['A:k1 333000000 333', 'B:k2 417000000 417', 'C:k3 250000000 250'],
    ],
    ['time-decay', two, '10.00 EUR', {}, ['A:k1 333333333 333', 'B:k2 666666667 667']],
    ['time-decay', one, '10.00 EUR', {}, ['A:k1 1000000000 1000']],
    [
      'time-decay',
      two,
      '1000000.00 EUR',
      { attribution: { timeDecay: { halfLife: '8h' } } },
      ['A:k1 477 48', 'B:k2 999999523 99999952'],
    ],
  ])('%s of %#', (model, touches, amount, draft, expected) => {
    expect(rowsOf([...program(draft), ...touches, conversion('o', day(10), amount)], model)).toEqual(expected)
  })
})

describe('corrections', () => {
  const o = conversion('o', day(10), '10.00 EUR')
  it.each<[string, PlainEvent[], bigint, string[]]>([
    ['a refund is taken off', [o, refund('r', day(12), 'o', '2.50 EUR')], 750n, []],
    ['refunds add up', [o, refund('r', day(12), 'o', '2.50 EUR'), refund('q', day(13), 'o', '7.50 EUR')], 0n, []],
    [
      'net is never below zero',
      [o, refund('r', day(12), 'o', '6.00 EUR'), refund('q', day(13), 'o', '6.00 EUR')],
      0n,
      ['q refund-exceeds-amount'],
    ],
    [
      'refunds are taken by their own time, whichever came first',
      [o, refund('r', day(13), 'o', '6.00 EUR'), refund('q', day(12), 'o', '6.00 EUR')],
      0n,
      ['r refund-exceeds-amount'],
    ],
    [
      'a small refund after one that was too large finds nothing left',
      [o, refund('r', day(12), 'o', '11.00 EUR'), refund('q', day(13), 'o', '0.01 EUR')],
      0n,
      ['r refund-exceeds-amount', 'q refund-exceeds-amount'],
    ],
    [
      'another currency changes nothing',
      [o, refund('r', day(12), 'o', '2.50 USD'), amended('a', day(12), 'o', '1.00 USD')],
      1000n,
      ['r currency-differs', 'a currency-differs'],
    ],
    ['a refund may come first', [refund('r', day(9), 'o', '2.50 EUR'), o], 750n, []],
    [
      'an amendment is the new gross amount',
      [o, refund('r', day(12), 'o', '2.50 EUR'), amended('a', day(13), 'o', '20.00 EUR')],
      1750n,
      [],
    ],
    [
      'the latest amendment by its own time decides',
      [o, amended('b', day(14), 'o', '30.00 EUR'), amended('a', day(13), 'o', '20.00 EUR')],
      3000n,
      ['a superseded'],
    ],
    [
      'an amendment may cure an over-refund',
      [o, refund('r', day(12), 'o', '12.00 EUR'), amended('a', day(13), 'o', '15.00 EUR')],
      300n,
      [],
    ],
  ])('%s', (_, events, netMinor, lost) => {
    const audit = auditLog(logOf(...program(), ...events))
    expect(audit.conversions.get('p|o')?.netMinor).toBe(netMinor)
    expect([...audit.lostEvents].map(([key, reasons]) => `${key.slice(4)} ${reasons}`)).toEqual(lost)
  })

  it.each<[string, PlainEvent[], string[]]>([
    ['a refund of an unknown conversion', [refund('r', day(12), 'o', '1.00 EUR')], ['p|s/r unknown-conversion']],
    [
      'a conversion before the terms, with its refund',
      [conversion('n', day(1, -1), '1.00 EUR'), refund('r', day(12), 'n', '1.00 EUR')],
      ['p|s/n no-terms', 'p|s/r no-terms'],
    ],
    ['a gift before the terms', [granted('g', day(1, -1), 'A', '1.00 EUR')], ['p|s/g no-terms']],
    ['a gift that waits', [granted('g', day(1), 'A', '1.00 EUR', 'o')], ['p|s/g unknown-conversion']],
    ['a click on an unknown code', [click('k', day(2), 'X')], ['p|s/k unknown-code']],
    ['a share of a revoked code', [revoked('A', day(2)), share('h', day(2), 'A', 'A')], ['p|s/h revoked-code']],
    ['a share of one suspended', [suspended('A', day(2)), share('h', day(2), 'A')], ['p|s/h advocate-suspended']],
    ['a revocation by another', [revoked('A', day(2), 'B')], ['p|s/revoked-A code-of-another-advocate']],
    ['a revocation of nothing', [revoked('X', day(2))], ['p|s/revoked-X unknown-code']],
    ['nothing else', [o, refund('r', day(12), 'o', '1.00 EUR'), granted('g', day(1), 'A', '1.00 EUR')], []],
  ])('%s is an excluded event', (_, events, expected) => {
    const { lostEvents } = auditLog(logOf(...program(), ...events))
    expect([...lostEvents].map(([key, reasons]) => `${key} ${reasons}`)).toEqual(expected)
  })

  it('splits the net anew', () => {
    const refunded = [...three, conversion('o', day(10), '10.00 EUR'), refund('r', day(12), 'o', '9.98 EUR')]
    expect(rowsOf([...program(), ...refunded], 'linear')).toEqual([
      'A:k1 333333334 1',
      'B:k2 333333333 1',
      'C:k3 333333333 0',
    ])
  })
})

describe('arithmetic', () => {
  it.each<[string, bigint]>([
    ['2.5', 3n],
    ['-2.5', -3n],
    ['2.4999999999999999999999', 2n],
    ['0.5', 1n],
    ['0', 0n],
    ['1e-7', 0n],
  ])('rounds %s to %s', (text, rounded) => {
    expect(roundHalfAway(fraction(text))).toBe(rounded)
  })

  it('splits by largest remainders, ties to the earlier', () => {
    expect(split(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n])
    expect(split(10n, [1n, 2n, 3n])).toEqual([2n, 3n, 5n])
    expect(split(1n, [1n, 2n])).toEqual([0n, 1n])
    expect(split(5n, [])).toEqual([])
  })
})
