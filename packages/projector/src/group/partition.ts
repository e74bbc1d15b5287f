import type { RecordedEvent } from '@vouch/event-store'

/** An event of one partition of the log, as it comes from Kafka. */
export interface PartitionRecord {
  readonly offset: bigint
  /** Log position of the event before it in the same partition; 0n if there is none. */
  readonly before: bigint
  readonly event: RecordedEvent
}

/** All events of the log up to `position` are in their partitions. It is true for ever; the newest says most. */
export interface Stated {
  readonly position: bigint
  /** When the event at that position was recorded, and the first that the statement before did not cover, ms since the epoch, UTC. */
  readonly recordedAt: number
  readonly firstRecordedAt: number
  /** By partition, log position of the newest event up to `position`; 0n if there is none. */
  readonly ends: readonly { readonly position: bigint }[]
}

/** Where a fold stands. */
export interface Standpoint {
  readonly position: bigint
  /** Of the event at that position. */
  readonly identity: string
}

/** `known`: it was folded before. `gap`: something before it is missing. `another`: the fold is of another log. */
export type Fit = 'fold' | 'known' | 'gap' | 'another'

/**
 * What to do with an event that comes next, whoever sent it and however often.
 * @param isVerified whether the event that the fold stands at was seen since it was opened
 */
export function fitOf(at: Standpoint, { before, event }: PartitionRecord, isVerified: boolean): Fit {
  if (event.position < at.position) return 'known'
  if (event.position === at.position) return event.identity === at.identity ? 'known' : 'another'
  if (!isVerified && at.position > 0n) return 'another'
  return before === at.position ? 'fold' : 'gap'
}

/** Log position up to which a partition's rows are complete, if they are up to the fold's own position. */
export function completeUpTo(position: bigint, partition: number, stated: Stated | undefined): bigint {
  const end = stated?.ends[partition]
  if (stated === undefined || end === undefined || position < end.position) return position
  return position > stated.position ? position : stated.position
}

/** Log position up to which all partitions are complete; undefined while one of them has no mark. */
export function completeInAll(marks: ReadonlyMap<number, bigint>, partitions: number): bigint | undefined {
  let least: bigint | undefined
  for (let partition = 0; partition < partitions; partition++) {
    const mark = marks.get(partition)
    if (mark === undefined) return undefined
    if (least === undefined || mark < least) least = mark
  }
  return least
}
