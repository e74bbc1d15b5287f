import type { Append, AppendOutcome, EventToAppend, ExpectedRevision, RecordedEvent, StoreFailure } from '../../port.ts'
import type { SqliteStats, WriterOptions } from '../writer.ts'

/** What the thread is started with. */
export interface ThreadOptions extends Pick<WriterOptions, 'path' | 'maxEventsPerCommit'> {
  readonly busyTimeoutMs: number
  readonly cacheMiB: number
}

/** What the thread is asked, several at once. */
export type Request = { readonly id: number } & (
  | { readonly tag: 'append'; readonly appends: PackedAppends; readonly recordedAt: number }
  | { readonly tag: 'find'; readonly identity: string }
  | { readonly tag: 'page'; readonly stream: string; readonly fromRevision: bigint; readonly after: bigint }
  | { readonly tag: 'close' }
)

/** What it answers; requests that are answered at the same time are so in one message. */
export interface Reply {
  readonly answers: readonly ThreadAnswer[]
  readonly stats: SqliteStats
}

export type ThreadAnswer = { readonly id: number } & (
  | { readonly tag: 'outcomes'; readonly outcomes: PackedOutcomes }
  | { readonly tag: 'events'; readonly events: readonly RecordedEvent[] }
  | { readonly tag: 'closed' }
  | { readonly tag: 'failed'; readonly failure: StoreFailure }
  /** Something that is no state of the store. */
  | { readonly tag: 'defect'; readonly error: unknown }
)

/**
 * One list for all that is in several appends: to copy objects from thread to thread takes four times as long. A type, program
 * or source that is that of the event before is null.
 */
export type PackedAppends = readonly unknown[]

export function packAppends(appends: readonly Append[]): PackedAppends {
  const packed: unknown[] = []
  let before: Partial<EventToAppend> = {}
  for (const { stream, expectedRevision, events } of appends) {
    // Most streams are named by the identity of their one event.
    packed.push(events.length, stream === events[0]?.identity ? null : stream, expectedRevision)
    for (const event of events) {
      const { identity, contentHash, type, programId, source, id, time, data, extensions } = event
      packed.push(identity, contentHash, id, time, data, extensions)
      packed.push(
        type === before.type ? null : type,
        programId === before.programId ? null : programId,
        source === before.source ? null : source,
      )
      before = event
    }
  }
  return packed
}

export function unpackAppends(packed: PackedAppends): Append[] {
  const appends: Append[] = []
  let before: EventToAppend | undefined
  const as = (value: unknown, name: 'type' | 'programId' | 'source') => (value ?? before?.[name]) as string
  for (let at = 0; at < packed.length; ) {
    const [count, stream, expectedRevision] = packed.slice(at, at + 3) as [number, string | null, ExpectedRevision]
    at += 3
    const events: EventToAppend[] = []
    for (; events.length < count; at += 9) {
      before = {
        identity: packed[at] as string,
        contentHash: packed[at + 1] as string,
        id: packed[at + 2] as string,
        time: packed[at + 3] as number,
        data: packed[at + 4] as string,
        extensions: packed[at + 5] as string | undefined,
        type: as(packed[at + 6], 'type'),
        programId: as(packed[at + 7], 'programId'),
        source: as(packed[at + 8], 'source'),
      }
      events.push(before)
    }
    appends.push({ stream: stream ?? (events[0] as EventToAppend).identity, expectedRevision, events })
  }
  return appends
}

/** A number is the position of an event that was appended as the first of its stream: nearly all are. */
export type PackedOutcomes = readonly (number | AppendOutcome)[]

export const packOutcomes = (outcomes: readonly AppendOutcome[]): PackedOutcomes =>
  outcomes.map((it) => (it.outcome === 'appended' && it.revision === 0n ? Number(it.position) : it))

export const unpackOutcomes = (packed: PackedOutcomes): AppendOutcome[] =>
  packed.map((it) => (typeof it === 'number' ? { outcome: 'appended', position: BigInt(it), revision: 0n } : it))
