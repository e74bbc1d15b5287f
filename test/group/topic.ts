import type { RecordedEvent } from '../../packages/event-store/src/index.ts'
import { readLogMessage } from '../../packages/messaging/src/relay/log-message.ts'
import { pack, stateNext } from '../../packages/messaging/src/relay/parcel.ts'
import { partitionOfKey } from '../../packages/messaging/src/relay/partition.ts'
import { nothingYet, type Statement } from '../../packages/messaging/src/relay/statement.ts'
import type { PartitionRecord } from '../../packages/projector/src/index.ts'

/** A double of `vouch.log` and `vouch.relayed`, filled by the relay's own code. */
export class Topic {
  readonly partitions: number
  readonly #records: PartitionRecord[][]
  readonly #nextOffsets: bigint[]
  readonly statements: Statement[] = []
  #at: Statement

  constructor(partitions: number) {
    this.partitions = partitions
    this.#records = Array.from({ length: partitions }, () => [])
    this.#nextOffsets = Array.from({ length: partitions }, () => 0n)
    this.#at = nothingYet(partitions)
  }

  get newest(): Statement | undefined {
    return this.statements.at(-1)
  }

  /** Publishes what comes next in the log. @param gap offsets that hold no record, such as those of Kafka's own */
  publish(events: readonly RecordedEvent[], gap: bigint): void {
    const consignment = pack(events, this.#at, (programId) => partitionOfKey(programId, this.partitions))
    const firstOffsets = this.#append(consignment, gap)
    this.#at = stateNext(this.#at, consignment, firstOffsets)
    this.statements.push(this.#at)
  }

  /** What a relay would do that was replaced, if Kafka did not turn it away: the same once more. */
  repeat(events: readonly RecordedEvent[], at: Statement): void {
    this.#append(
      pack(events, at, (programId) => partitionOfKey(programId, this.partitions)),
      0n,
    )
  }

  read(partition: number, from: bigint, most: number): readonly PartitionRecord[] {
    const records = this.#records[partition] ?? []
    const first = records.findIndex(({ offset }) => offset >= from)
    return first < 0 ? [] : records.slice(first, first + most)
  }

  #append({ parcels }: ReturnType<typeof pack>, gap: bigint): Map<number, bigint> {
    const firstOffsets = new Map<number, bigint>()
    for (const { partition, messages } of parcels) {
      const first = this.#nextOffsets[partition] as bigint
      firstOffsets.set(partition, first)
      for (const [index, { key, value, headers }] of messages.entries()) {
        const read = readLogMessage({ key: Buffer.from(key), value, headers })
        this.#records[partition]?.push({ offset: first + BigInt(index), ...read })
      }
      this.#nextOffsets[partition] = first + BigInt(messages.length) + gap
    }
    return firstOffsets
  }
}
