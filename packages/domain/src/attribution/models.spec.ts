import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weightScale } from '../terms/compiled.ts'
import { type Model, models } from '../terms/schema.ts'
import { partsOf, weightsOf } from './models.ts'

const hour = 3_600_000
const usual = { positionBased: { first: 400_000_000n, last: 400_000_000n }, halfLifeMs: hour }

describe('the weights of a path', () => {
  it.each<[Model, number[], bigint[]]>([
    ['first-touch', [5], [1n]],
    ['first-touch', [5, 6, 7], [1n, 0n, 0n]],
    ['last-touch', [5], [1n]],
    ['last-touch', [5, 6, 7], [0n, 0n, 1n]],
    ['linear', [5], [1n]],
    ['linear', [5, 6, 7], [1n, 1n, 1n]],
    ['position-based', [5], [1n]],
    ['position-based', [5, 6], [1n, 1n]],
    ['position-based', [5, 6, 7], [400_000_000n, 200_000_000n, 400_000_000n]],
    // Two in the middle: first and last count twice, so that the middle ones have half of the rest each.
    ['position-based', [5, 6, 7, 8], [800_000_000n, 200_000_000n, 200_000_000n, 800_000_000n]],
    ['time-decay', [5], [1_000_000_000n]],
    ['time-decay', [5, 5], [1_000_000_000n, 1_000_000_000n]],
    ['time-decay', [0, hour, 2 * hour], [250_000_000n, 500_000_000n, 1_000_000_000n]],
    // 2^(-1/2) = 0.70710678118…
    ['time-decay', [0, hour / 2], [707_106_781n, 1_000_000_000n]],
    ['time-decay', [0, 30 * hour], [1n, 1_000_000_000n]],
    ['time-decay', [0, 31 * hour], [0n, 1_000_000_000n]],
    ['time-decay', [0, 100_000 * hour], [0n, 1_000_000_000n]],
  ])('%s of %o', (model, times, weights) => {
    expect(weightsOf(model, times, usual)).toStrictEqual(weights)
  })

  it('under position-based may be nothing for first and last', () => {
    const all = { ...usual, positionBased: { first: 0n, last: 0n } }
    expect(weightsOf('position-based', [1, 2, 3], all)).toStrictEqual([0n, weightScale, 0n])
    expect(weightsOf('position-based', [1, 2], all)).toStrictEqual([1n, 1n])
  })

  it('under position-based may be nothing for the middle', () => {
    const none = { ...usual, positionBased: { first: 333_333_333n, last: 666_666_667n } }
    expect(weightsOf('position-based', [1, 2, 3], none)).toStrictEqual([333_333_333n, 0n, 666_666_667n])
  })
})

describe('the parts of a net amount', () => {
  it('are those of all models in their order, touches in path order, parts of nothing left out', () => {
    expect(partsOf(1000n, [0, hour], usual)).toStrictEqual([
      { model: 'first-touch', touch: 0, credit: 1_000_000_000n, amountMinor: 1000n },
      { model: 'last-touch', touch: 1, credit: 1_000_000_000n, amountMinor: 1000n },
      { model: 'linear', touch: 0, credit: 500_000_000n, amountMinor: 500n },
      { model: 'linear', touch: 1, credit: 500_000_000n, amountMinor: 500n },
      { model: 'position-based', touch: 0, credit: 500_000_000n, amountMinor: 500n },
      { model: 'position-based', touch: 1, credit: 500_000_000n, amountMinor: 500n },
      { model: 'time-decay', touch: 0, credit: 333_333_333n, amountMinor: 333n },
      { model: 'time-decay', touch: 1, credit: 666_666_667n, amountMinor: 667n },
    ])
  })

  it('have credit where there is no amount', () => {
    expect(partsOf(0n, [0], usual).map(({ credit, amountMinor }) => [credit, amountMinor])).toStrictEqual(
      models.map(() => [1_000_000_000n, 0n]),
    )
  })

  it('are none without a path', () => {
    expect(partsOf(1000n, [], usual)).toStrictEqual([])
  })

  const path = fc
    .array(fc.nat(60 * 24 * hour), { minLength: 1, maxLength: 15 })
    .map((times) => times.sort((a, b) => a - b))
  const parameters = fc.record({
    positionBased: fc
      .tuple(fc.nat(1_000_000_000), fc.nat(1_000_000_000))
      .filter(([first, last]) => first + last <= 1_000_000_000)
      .map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) })),
    halfLifeMs: fc.integer({ min: 1, max: 400 * 24 * hour }),
  })
  const net = fc.bigInt({ min: 0n, max: 10n ** 16n })

  it('sum to one and to the net under each model, whatever the path', () => {
    fc.assert(
      fc.property(net, path, parameters, (netMinor, times, terms) => {
        const parts = partsOf(netMinor, times, terms)
        for (const model of models) {
          const own = parts.filter((part) => part.model === model)
          expect(own.reduce((sum, part) => sum + part.credit, 0n)).toBe(weightScale)
          expect(own.reduce((sum, part) => sum + part.amountMinor, 0n)).toBe(netMinor)
          expect(own.every((part) => part.credit >= 0n && part.amountMinor >= 0n)).toBe(true)
        }
      }),
    )
  })

  it('never give an older touch more than a newer one under time decay', () => {
    fc.assert(
      fc.property(path, parameters, (times, terms) => {
        const weights = weightsOf('time-decay', times, terms)
        expect(weights).toStrictEqual([...weights].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)))
        expect(weights.at(-1)).toBe(weightScale)
      }),
    )
  })

  it('do not change when the whole path is moved in time', () => {
    fc.assert(
      fc.property(net, path, parameters, fc.nat(), (netMinor, times, terms, offset) => {
        const moved = times.map((time) => time + offset)
        expect(partsOf(netMinor, moved, terms)).toStrictEqual(partsOf(netMinor, times, terms))
      }),
    )
  })
})
