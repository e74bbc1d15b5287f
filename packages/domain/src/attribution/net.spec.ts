import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMinor } from '../money.ts'
import { type Correction, netOf } from './net.ts'

const eur = (value: string) => ({ value, currency: 'EUR' })
const correction = (id: string, value: string, time = 1, currency = 'EUR'): Correction => ({
  time,
  source: 'app',
  id,
  amount: { value, currency },
})

describe('the net of a conversion', () => {
  it.each<[string, Correction[], Correction[], [bigint, bigint], string[]]>([
    ['is its amount', [], [], [10000n, 10000n], []],
    ['is less by a refund', [], [correction('r', '40.00')], [10000n, 6000n], []],
    ['is less by all refunds', [], [correction('r', '40.00'), correction('s', '60.00')], [10000n, 0n], []],
    ['is never below zero', [], [correction('r', '100.01')], [10000n, 0n], ['r refund-exceeds-amount']],
    [
      'names the refunds that find too little, in order of time',
      [],
      [correction('c', '1.00', 3), correction('b', '60.00', 2), correction('a', '60.00', 1)],
      [10000n, 0n],
      ['b refund-exceeds-amount', 'c refund-exceeds-amount'],
    ],
    [
      'takes no refund in another currency',
      [],
      [correction('r', '40.00', 1, 'USD')],
      [10000n, 10000n],
      ['r currency-differs'],
    ],
    ['is what an amendment made of it', [correction('a', '150.00')], [], [15000n, 15000n], []],
    ['may be amended to nothing', [correction('a', '0.00')], [], [0n, 0n], []],
    [
      'is what the last amendment in order made of it',
      [correction('b', '150.00', 2), correction('c', '120.00', 2), correction('a', '90.00', 1)],
      [],
      [12000n, 12000n],
      ['a superseded', 'b superseded'],
    ],
    [
      'passes over an amendment in another currency',
      [correction('a', '150.00', 1), correction('b', '1.00', 2, 'USD')],
      [],
      [15000n, 15000n],
      ['b currency-differs'],
    ],
    [
      'is less by refunds of the amended amount',
      [correction('a', '50.00', 9)],
      [correction('r', '20.00')],
      [5000n, 3000n],
      [],
    ],
    [
      'is never below zero after an amendment',
      [correction('a', '10.00', 9)],
      [correction('r', '20.00')],
      [1000n, 0n],
      ['r refund-exceeds-amount'],
    ],
  ])('%s', (_, amendments, refunds, [grossMinor, netMinor], refused) => {
    const net = netOf(eur('100.00'), amendments, refunds)
    expect([net.originalMinor, net.grossMinor, net.netMinor]).toStrictEqual([10000n, grossMinor, netMinor])
    expect(net.refused.map((it) => `${it.correction.id} ${it.reason}`)).toStrictEqual(refused)
  })

  it('names the amendment that holds, and the refunds that count, in order', () => {
    const a = correction('a', '150.00', 1)
    const b = correction('b', '120.00', 2)
    const r = correction('r', '1.00', 5)
    const s = correction('s', '1.00', 4)
    const net = netOf(eur('100.00'), [b, a], [r, correction('x', '1.00', 3, 'USD'), s])
    expect(net.amendment).toBe(b)
    expect(net.refunds).toStrictEqual([s, r])
  })

  it('is in a currency with as many digits as it has', () => {
    expect(netOf({ value: '100', currency: 'JPY' }, [], [correction('r', '30', 1, 'JPY')]).netMinor).toBe(70n)
    expect(netOf({ value: '1.000', currency: 'KWD' }, [], [correction('r', '0.001', 1, 'KWD')]).netMinor).toBe(999n)
  })

  const corrections = fc.uniqueArray(
    fc.record({
      time: fc.nat(5),
      source: fc.constantFrom('a', 'b'),
      id: fc.stringMatching(/^[a-z]{1,3}$/),
      amount: fc
        .tuple(fc.nat(20_000), fc.constantFrom('EUR', 'EUR', 'EUR', 'USD'))
        .map(([minor, currency]) => ({ value: formatMinor(BigInt(minor), currency), currency })),
    }),
    { selector: ({ source, id }) => `${source} ${id}`, maxLength: 6 },
  )

  it('does not depend on the order in which corrections arrive', () => {
    const shuffled = corrections.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    )
    fc.assert(
      fc.property(shuffled, shuffled, ([amendments, amendmentsOtherwise], [refunds, refundsOtherwise]) => {
        expect(netOf(eur('100.00'), amendmentsOtherwise, refundsOtherwise)).toStrictEqual(
          netOf(eur('100.00'), amendments, refunds),
        )
      }),
    )
  })

  it('is the gross less the refunds in its currency, or zero', () => {
    fc.assert(
      fc.property(corrections, (refunds) => {
        const total = refunds
          .filter((it) => it.amount.currency === 'EUR')
          .reduce((sum, it) => sum + BigInt(it.amount.value.replace('.', '')), 0n)
        expect(netOf(eur('100.00'), [], refunds).netMinor).toBe(total > 10000n ? 0n : 10000n - total)
      }),
    )
  })
})
