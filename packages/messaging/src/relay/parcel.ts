import type { RecordedEvent } from '@vouch/event-store'
import { type LogMessage, toLogMessage } from './log-message.ts'
import type { Statement } from './statement.ts'

/** Messages for one partition, in order. */
export interface Parcel {
  readonly partition: number
  readonly messages: readonly LogMessage[]
  /** Log position of the last. */
  readonly position: bigint
}

/** What is sent together: all events of the log from one position to another. */
export interface Consignment {
  readonly parcels: readonly Parcel[]
  readonly events: readonly RecordedEvent[]
}

/**
 * Events by partition, each with the position of the one before it there.
 * @param at what was stated last; the events are those that come next in the log
 */
export function pack(
  events: readonly RecordedEvent[],
  at: Statement,
  partitionOf: (programId: string) => number,
): Consignment {
  const parcels = new Map<number, { messages: LogMessage[]; position: bigint }>()
  let newest = at.position
  for (const event of events) {
    if (event.position <= newest) {
      throw new Error(`The log gave position ${event.position} after ${newest}: it goes back, and is not relayed.`)
    }
    newest = event.position
    const partition = partitionOf(event.programId)
    let parcel = parcels.get(partition)
    if (parcel === undefined) {
      parcel = { messages: [], position: endOf(at, partition).position }
      parcels.set(partition, parcel)
    }
    parcel.messages.push(toLogMessage(event, parcel.position))
    parcel.position = event.position
  }
  return { events, parcels: [...parcels].map(([partition, parcel]) => ({ partition, ...parcel })) }
}

/**
 * What can be stated once a consignment is in the topic.
 * @param firstOffsets where each of its parcels begins, by partition
 */
export function stateNext(
  at: Statement,
  { parcels, events }: Consignment,
  firstOffsets: ReadonlyMap<number, bigint>,
): Statement {
  const [first, last] = [events[0], events.at(-1)]
  if (first === undefined || last === undefined) return at
  const ends = [...at.ends]
  for (const { partition, messages, position } of parcels) {
    const firstOffset = firstOffsets.get(partition)
    if (firstOffset === undefined || firstOffset < endOf(at, partition).offset) {
      throw new Error(
        `Kafka has put what was sent to partition ${partition} at offset ${firstOffset}, before what was there.`,
      )
    }
    ends[partition] = { offset: firstOffset + BigInt(messages.length), position }
  }
  const { position, identity, recordedAt } = last
  return { position, identity, recordedAt, firstRecordedAt: first.recordedAt, ends }
}

function endOf(at: Statement, partition: number) {
  const end = at.ends[partition]
  if (end === undefined) throw new RangeError(`There is no partition ${partition}; there are ${at.ends.length}.`)
  return end
}

/** Rough size of an event on its way, bytes. */
const sizeOf = ({ data, extensions = '', identity }: RecordedEvent): number =>
  data.length + 2 * extensions.length + identity.length + 400

/** Parts of a batch that are small enough to be sent in one go; an event is never divided. */
export function* portions(events: readonly RecordedEvent[], mostBytes: number): Generator<readonly RecordedEvent[]> {
  let [from, bytes] = [0, 0]
  for (const [at, event] of events.entries()) {
    const size = sizeOf(event)
    if (at > from && bytes + size > mostBytes) {
      yield events.slice(from, at)
      ;[from, bytes] = [at, 0]
    }
    bytes += size
  }
  if (from < events.length) yield from === 0 ? events : events.slice(from)
}
