import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { noPayouts } from './batch.ts'
import { decideConvert } from './convert.ts'
import { decidePayout } from './decide.ts'
import { balance, opening } from './payouts.examples.ts'
import { holdKey, type Withheld } from './withheld.ts'

const balances = ['anna', 'ben', 'cleo', 'dan', 'eve as upline', 'ben as referee', 'anna as referee'].map((who) =>
  balance(who, 100n),
)
const withheld: Withheld = {
  suspended: new Set(['anna', 'ben as referee', 'cleo']),
  holds: new Map([
    [holdKey('advocate', 'anna'), 'held'],
    [holdKey('advocate', 'ben'), 'disputed'],
    [holdKey('customer', 'ben'), 'held'],
    [holdKey('advocate', 'eve'), 'held'],
    [holdKey('customer', 'dan'), 'held'],
  ]),
}
const reasons = {
  'advocate anna': 'suspended',
  'advocate ben': 'disputed',
  'advocate cleo': 'suspended',
  'advocate eve': 'held',
  'customer ben': 'held',
}

describe('who gets nothing now', () => {
  it('is left out of a batch, with the first reason that holds', () => {
    const decision = decidePayout(opening({ balances, ...withheld, minimum: '2.00' }), noPayouts())
    expect(isRight(decision)).toBe(false)
    const opened = decidePayout(opening({ balances, ...withheld }), noPayouts())
    if (!isRight(opened) || opened.right[0]?.type !== 'vouch.payout.opened.v1') throw new Error('not opened')
    const { lines, carried } = opened.right[0].data
    expect(Object.fromEntries(carried.map((it) => [`${it.kind} ${it.beneficiaryId}`, it.reason]))).toStrictEqual(
      reasons,
    )
    expect(lines.map((it) => `${it.kind} ${it.beneficiaryId}`)).toStrictEqual(['customer anna', 'advocate dan'])
  })

  it('is suspended or held before they owe anything, or too little', () => {
    const debts = [balance('anna', -100n), balance('eve', -100n), balance('dan', 100n)]
    const opened = decidePayout(opening({ balances: debts, ...withheld }), noPayouts())
    if (!isRight(opened) || opened.right[0]?.type !== 'vouch.payout.opened.v1') throw new Error('not opened')
    expect(opened.right[0].data.carried.map(({ reason }) => reason)).toStrictEqual(['suspended', 'held'])
  })

  it('keeps what they have when balances are converted', () => {
    const converted = decideConvert(
      {
        programId: 'summer',
        from: 'EUR',
        to: 'USD',
        rate: '1.1',
        asOf: '2026-03-31',
        by: 'fay',
        position: 10n,
        newest: 0n,
        balances,
        ...withheld,
      },
      new Map(),
    )
    if (!isRight(converted) || converted.right[0] === undefined) throw new Error('not converted')
    const { carried, lines } = converted.right[0].data
    expect(carried.map(({ role, beneficiaryId, reason }) => `${role} ${beneficiaryId} ${reason}`)).toStrictEqual([
      'advocate anna suspended',
      'advocate ben disputed',
      'referee ben held',
      'advocate cleo suspended',
      'upline eve held',
    ])
    expect(lines.length).toBe(2)
  })
})
