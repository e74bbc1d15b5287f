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

/** One list for all that is in several appends: to copy objects from thread to thread takes four times as long. */
export type PackedAppends = readonly unknown[]

export function packAppends(appends: readonly Append[]): PackedAppends {
  const packed: unknown[] = []
  for (const { stream, expectedRevision, events } of appends) {
    // Most streams are named by the identity of their one event.
    packed.push(events.length, stream === events[0]?.identity ? null : stream, expectedRevision)
    for (const { identity, contentHash, type, programId, source, id, time, data, extensions } of events)
      packed.push(identity, contentHash, type, programId, source, id, time, data, extensions)
  }
  return packed
}

export function unpackAppends(packed: PackedAppends): Append[] {
  const appends: Append[] = []
  for (let at = 0; at < packed.length; ) {
    const [count, stream, expectedRevision] = packed.slice(at, at + 3) as [number, string | null, ExpectedRevision]
    at += 3
    const events: EventToAppend[] = []
    for (; events.length < count; at += 9) {
      events.push({
        identity: packed[at] as string,
        contentHash: packed[at + 1] as string,
        type: packed[at + 2] as string,
        programId: packed[at + 3] as string,
        source: packed[at + 4] as string,
        id: packed[at + 5] as string,
        time: packed[at + 6] as number,
        data: packed[at + 7] as string,
        extensions: packed[at + 8] as string | undefined,
      })
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
