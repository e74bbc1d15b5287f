import type { RecordedEvent } from '@vouch/event-store'
import type { Log } from '../log.ts'
import type { Statement } from '../relay/statement.ts'
import { createSessions, type Sessions } from '../sessions.ts'
import { runGroupSession } from './session.ts'

/** An event of one partition of the log. */
export interface LogRecord {
  readonly offset: bigint
  /** Log position of the event before it in the same partition; 0n if there is none. */
  readonly before: bigint
  readonly event: RecordedEvent
}

/** Who is fed with the log: it may be told the same twice, and be left something out of, and knows it. */
export interface GroupMember {
  /** The partitions that are its own from now on. @returns by partition, the offset to read from */
  own(partitions: readonly number[]): ReadonlyMap<number, bigint>
  /** Where to read a partition from. */
  from(partition: number): bigint
  /** Partitions that it has now, and those that it has a state of. */
  holdings(): { readonly owned: readonly number[]; readonly held: readonly number[] }
  /** Takes events in the order of their offsets. Rejects with what keeps the partition from going on. */
  take(partition: number, records: readonly LogRecord[]): Promise<void>
  /** What the relay states. */
  state(statement: Statement): void
  /** To be called again and again. @returns partitions that are to be read again, from where `from` says */
  tick(): Promise<readonly number[]>
}

export interface GroupOptions {
  /** `host:port` of some brokers of the cluster. */
  readonly brokers: readonly string[]
  /** The consumer group. */
  readonly group: string
  /** Who is fed, once it is known how many partitions the log has; asked for with each session. */
  readonly member: (partitions: number) => Promise<GroupMember>
  readonly log: Log
  /** After how long without a sign of life Kafka deals this member's partitions to others, ms; default 30,000. */
  readonly sessionTimeoutMs?: number | undefined
  /** How long events wait at most to be made durable, ms, when the member keeps up; default 500. */
  readonly tickMs?: number | undefined
  readonly onFailure: (reason: string) => void
  /** Partitions were dealt to it. */
  readonly onJoined: (partitions: readonly number[]) => void
}

/** Feeds a member of a group with the log from Kafka, session after session, until it is stopped. */
export const createGroup = (options: GroupOptions): Sessions =>
  createSessions({
    what: 'reading the log from Kafka',
    log: options.log,
    session: (sockets, signal) => runGroupSession({ ...options, sockets, signal }),
    onFailure: options.onFailure,
  })
