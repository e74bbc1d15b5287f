import type { RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lag } from './lag.ts'
import { completeInAll, completeUpTo, fitOf, type PartitionRecord, type Stated } from './partition.ts'

/** Positions of a partition's events, with gaps. */
const positions = fc.uniqueArray(fc.bigInt(1n, 200n), { maxLength: 20 }).map((all) => all.sort((a, b) => Number(a - b)))

const recordsOf = (all: readonly bigint[], log = 'log'): readonly PartitionRecord[] =>
  all.map((position, at) => ({
    offset: BigInt(at),
    before: at === 0 ? 0n : (all[at - 1] as bigint),
    event: { position, identity: `${log}-${position}` } as RecordedEvent,
  }))

const stated = (position: bigint, ...ends: bigint[]): Stated => ({
  position,
  recordedAt: Number(position) * 10,
  firstRecordedAt: Number(position) * 10 - 5,
  ends: ends.map((end) => ({ position: end })),
})

describe('what comes from a partition', () => {
  it('is folded once and in order, whatever is repeated, left out or comes again from before', () => {
    const jumps = fc.array(fc.nat(25), { maxLength: 15 })
    fc.assert(
      fc.property(positions, jumps, (all, reads) => {
        const records = recordsOf(all)
        const folded: bigint[] = []
        let at = { position: 0n, identity: '' }
        for (const from of [...reads, 0]) {
          for (const record of records.slice(from)) {
            const fit = fitOf(at, record, true)
            expect(fit).not.toBe('another')
            if (fit === 'gap') break
            if (fit === 'known') continue
            folded.push(record.event.position)
            at = record.event
          }
        }
        expect(folded).toEqual(all)
      }),
    )
  })

  it('shows by the event that a fold stands at whether the fold is of this log', () => {
    const [first, second, third] = recordsOf([3n, 7n, 9n]) as [PartitionRecord, PartitionRecord, PartitionRecord]
    const at = { position: 7n, identity: 'log-7' }
    expect(fitOf(at, first, false)).toBe('known')
    expect(fitOf(at, second, false)).toBe('known')
    expect(fitOf(at, third, false)).toBe('another')
    expect(fitOf(at, third, true)).toBe('fold')
    expect(fitOf({ ...at, identity: 'other-7' }, second, false)).toBe('another')
    expect(fitOf({ position: 0n, identity: '' }, first, true)).toBe('fold')
    expect(fitOf({ position: 3n, identity: 'log-3' }, third, true)).toBe('gap')
  })
})

describe('how far a partition is', () => {
  it('is where its fold is, and up to what is stated if it has all of that', () => {
    expect(completeUpTo(7n, 0, undefined)).toBe(7n)
    expect(completeUpTo(7n, 1, stated(20n, 20n, 7n))).toBe(20n)
    expect(completeUpTo(7n, 1, stated(20n, 20n, 8n))).toBe(7n)
    expect(completeUpTo(0n, 1, stated(20n, 20n, 0n))).toBe(20n)
    expect(completeUpTo(25n, 1, stated(20n, 20n, 7n))).toBe(25n)
    expect(completeUpTo(7n, 5, stated(20n, 20n, 7n))).toBe(7n)
  })

  it('is in all where the last of them is, and nowhere while one has said nothing', () => {
    const marks = fc.array(fc.bigInt(0n, 99n), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(marks, (all) => {
        const byPartition = new Map(all.map((mark, partition) => [partition, mark] as const))
        const least = all.reduce((a, b) => (a < b ? a : b))
        expect(completeInAll(byPartition, all.length)).toBe(least)
        expect(completeInAll(byPartition, all.length + 1)).toBeUndefined()
      }),
    )
  })
})

describe('the lag', () => {
  it('is since the first event behind what is shown', () => {
    const lag = new Lag()
    expect(lag.at(0n, undefined, 1_000)).toBe(0)
    for (const position of [10n, 20n, 30n]) lag.state(stated(position, position))
    lag.state(stated(20n, 20n))
    expect(lag.newest?.position).toBe(30n)
    expect(lag.at(10n, 100, 1_000)).toBe(1_000 - 195)
    expect(lag.at(25n, 250, 1_000)).toBe(1_000 - 295)
    expect(lag.at(30n, 300, 1_000)).toBe(0)
    lag.state(stated(40n, 40n))
    expect(lag.at(30n, 300, 1_000)).toBe(1_000 - 395)
  })

  it('is since the newest event that is shown where what came before a start is not known', () => {
    const lag = new Lag()
    lag.state(stated(30n, 30n))
    expect(lag.at(5n, 50, 1_000)).toBe(950)
    expect(lag.at(5n, undefined, 1_000)).toBe(1_000 - 295)
  })
})
