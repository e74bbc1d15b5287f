import type { RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pack, portions, stateNext } from './parcel.ts'
import { partitionOfKey } from './partition.ts'
import { nothingYet, readStatement, type Statement, statementText } from './statement.ts'

const partitions = 4
const partitionOf = (programId: string) => Number(programId.slice(1)) % partitions

const eventAt = (position: number, program: number, bytes = 0): RecordedEvent => ({
  position: BigInt(position),
  stream: `s-${position}`,
  revision: 0n,
  recordedAt: 1000 + position,
  identity: `i-${position}`,
  contentHash: '0'.repeat(64),
  type: 'vouch.click.v1',
  programId: `p${program}`,
  source: 'shop',
  id: `e-${position}`,
  time: 0,
  data: `"${'x'.repeat(bytes)}"`,
})

/** Logs whose positions have gaps, as those of a server do. */
const log = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 500 }), program: fc.nat(9) }), { maxLength: 60 })
  .map((events) => {
    let position = 0
    return events.map(({ gap, program }) => {
      position += gap
      return eventAt(position, program)
    })
  })

/** Kafka's end: appends to partitions, with control records and messages of failed transactions between. */
class Topic {
  readonly read: { offset: bigint; partition: number; before: bigint; position: bigint }[] = []
  readonly ends = Array.from({ length: partitions }, () => 0n)
  take(parcels: ReturnType<typeof pack>['parcels'], gap: bigint): Map<number, bigint> {
    const first = new Map<number, bigint>()
    for (const { partition, messages } of parcels) {
      first.set(partition, this.ends[partition] as bigint)
      for (const { headers } of messages) {
        const [before, position] = [BigInt(headers.vouch_before as string), BigInt(headers.vouch_position as string)]
        this.read.push({ partition, offset: this.ends[partition] as bigint, before, position })
        this.ends[partition] = (this.ends[partition] as bigint) + 1n
      }
      this.ends[partition] = (this.ends[partition] as bigint) + gap
    }
    return first
  }
}

describe('the log in parcels', () => {
  it('has each event once, in order, and says at each which one came before it there', () => {
    fc.assert(
      fc.property(log, fc.integer({ min: 1, max: 9 }), fc.bigInt(0n, 3n), (events, size, gap) => {
        const topic = new Topic()
        let at: Statement = nothingYet(partitions)
        for (let from = 0; from < events.length; from += size) {
          const consignment = pack(events.slice(from, from + size), at, partitionOf)
          at = stateNext(at, consignment, topic.take(consignment.parcels, gap))
          // A relay that begins anew has nothing but the text of this.
          at = readStatement(statementText(at))
          // Whoever has read to the ends that are stated has all events up to the position that is stated.
          for (let partition = 0; partition < partitions; partition++) {
            const { offset, position } = at.ends[partition] as Statement['ends'][number]
            const below = topic.read.filter((it) => it.partition === partition && it.offset < offset)
            const own = events.filter((it) => partitionOf(it.programId) === partition && it.position <= at.position)
            expect(below.map((it) => it.position)).toEqual(own.map((it) => it.position))
            expect(position).toBe(own.at(-1)?.position ?? 0n)
            expect(below.map((it) => it.before)).toEqual([0n, ...own.map((it) => it.position)].slice(0, own.length))
          }
        }
        const last = events.at(-1)
        expect([at.position, at.identity, at.recordedAt]).toEqual(
          last ? [last.position, last.identity, last.recordedAt] : [0n, '', 0],
        )
      }),
    )
  })

  it('is refused where the log goes back, or Kafka does', () => {
    const at = { ...nothingYet(partitions), position: 5n }
    expect(() => pack([eventAt(5, 1)], at, partitionOf)).toThrow('The log gave position 5 after 5')
    const ends = at.ends.with(1, { offset: 7n, position: 3n })
    const consignment = pack([eventAt(6, 1)], { ...at, ends }, partitionOf)
    expect(() => stateNext({ ...at, ends }, consignment, new Map([[1, 6n]]))).toThrow(
      'at offset 6, before what was there',
    )
    expect(() => stateNext({ ...at, ends }, consignment, new Map())).toThrow('at offset undefined')
    expect(() => pack([eventAt(6, 1)], at, () => 9)).toThrow('There is no partition 9; there are 4.')
  })

  it('is divided into what fits, and no event is', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 40 })
    fc.assert(
      fc.property(bytes, (sizes) => {
        const events = sizes.map((size, at) => eventAt(at + 1, 1, size))
        const all = [...portions(events, 4_000)]
        expect(all.flat()).toEqual(events)
        for (const portion of all) {
          const sum = portion.reduce((bytes, { data }) => bytes + data.length, 0)
          expect(portion.length).toBeGreaterThan(0)
          expect(portion.length === 1 || sum <= 4_000).toBe(true)
        }
      }),
    )
  })
})

describe('the partition of a program', () => {
  // From Apache Kafka's own UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('%s is where the clients of Kafka put it', (key, murmur2) => {
    for (const count of [1, 2, 12, 100]) expect(partitionOfKey(key, count)).toBe((murmur2 & 0x7fffffff) % count)
  })
})
