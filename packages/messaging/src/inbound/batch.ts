import { setTimeout as pause } from 'node:timers/promises'
import type { Conflict, Incoming, Outcome, Rejected } from '@vouch/ingestion'
import { type InboundMessage, toIncoming } from './message.ts'
import { type Place, type RejectedMessage, rejectedMessage } from './rejected.ts'

/** What became of an offer to the log. */
export type Admitted =
  /** In the order of the items; what is appended is durable. */
  | { readonly tag: 'taken'; readonly outcomes: readonly Outcome[] }
  /** Not now: offer the same again after a while. Some of it may be in the log. */
  | { readonly tag: 'busy'; readonly reason: string; readonly retryAfterMs: number }

/** Offers items to the log, `bytes` long together. */
export type Admit = (items: readonly Incoming[], bytes: number) => Promise<Admitted>

/** What a batch is worked off with. */
export interface BatchParts {
  readonly admit: Admit
  /** Resolves when all of them are acknowledged. */
  reject(messages: readonly RejectedMessage[]): Promise<void>
  onOutcomes(outcomes: readonly Outcome[]): void
  onBusy(reason: string): void
  /** Up to which offset (exclusive) a partition is done. */
  onDone(partition: number, next: bigint, highWatermark: string): void
}

/** Messages of one partition, and how to tell Kafka how far they are done. */
export interface InboundBatch {
  readonly topic: string
  readonly partition: number
  readonly highWatermark: string
  /** Of what was read, which may lie beyond the last message: ends of transactions have offsets too. */
  readonly lastOffset: string
  readonly messages: readonly (InboundMessage & { readonly offset: string })[]
  /** False once this consumer is to stop. */
  isRunning(): boolean
  /** True once somebody has moved the offset from which is read. */
  isStale(): boolean
  /** Throws when the group is being dealt anew, and the rest of the batch may be another's. */
  heartbeat(): Promise<void>
  /** Says where to read on. */
  resolveOffset(offset: string): void
  /** Stores, in Kafka, the offset that is to be read next. */
  commit(next: string): Promise<void>
}

/** Messages that are offered in one go. */
const messagesAChunk = 250
/** More are not offered in one go, unless a single message is larger. */
const bytesAChunk = 2 ** 20
/** Between two signs of life while something is waited for; Kafka is asked as seldom as its client thinks right. */
const beatMs = 500

/**
 * Works a batch off in chunks. An offset is committed once everything before it is durable in the log, or acknowledged in the
 * topic of what could not be taken. Whatever stops it in between, the rest is delivered again, and what had arrived is then
 * a duplicate.
 */
export async function takeBatch(batch: InboundBatch, parts: BatchParts): Promise<void> {
  for (const chunk of chunksOf(batch.messages)) {
    if (isOver(batch)) return
    const outcomes = await admitted(chunk, batch, parts)
    if (outcomes === undefined) return
    parts.onOutcomes(outcomes)
    const rejects = rejectsOf(chunk, outcomes, batch)
    if (rejects.length > 0) await beating(parts.reject(rejects), batch)
    const last = chunk.at(-1)
    if (last === undefined) continue
    const next = BigInt(last === batch.messages.at(-1) ? batch.lastOffset : last.offset) + 1n
    batch.resolveOffset(last.offset)
    await batch.commit(String(next))
    parts.onDone(batch.partition, next, batch.highWatermark)
    await batch.heartbeat()
  }
}

const isOver = (batch: InboundBatch): boolean => !batch.isRunning() || batch.isStale()

type Chunk = InboundBatch['messages']

const sizeOf = ({ key, value }: InboundMessage): number => (key?.length ?? 0) + (value?.length ?? 0)

function* chunksOf(messages: Chunk): Generator<Chunk> {
  let from = 0
  let bytes = 0
  for (let to = 0; to < messages.length; to++) {
    const size = sizeOf(messages[to] as InboundMessage)
    if (to > from && (to - from === messagesAChunk || bytes + size > bytesAChunk)) {
      yield messages.slice(from, to)
      from = to
      bytes = 0
    }
    bytes += size
  }
  if (from < messages.length) yield messages.slice(from)
}

/** The outcomes of a chunk, however long the log is busy; undefined if the batch is over before. */
async function admitted(chunk: Chunk, batch: InboundBatch, parts: BatchParts): Promise<readonly Outcome[] | undefined> {
  const items = chunk.map(toIncoming)
  // A message that is larger by itself is no event, and is refused without being read.
  const bytes = Math.min(
    chunk.reduce((sum, message) => sum + sizeOf(message), 0),
    bytesAChunk,
  )
  for (;;) {
    const answer = await beating(parts.admit(items, bytes), batch)
    if (answer.tag === 'taken') return answer.outcomes
    parts.onBusy(answer.reason)
    for (let leftMs = answer.retryAfterMs; leftMs > 0; leftMs -= beatMs) {
      await pause(Math.min(leftMs, beatMs))
      if (isOver(batch)) return undefined
      await batch.heartbeat()
    }
    if (isOver(batch)) return undefined
  }
}

function rejectsOf(
  chunk: Chunk,
  outcomes: readonly Outcome[],
  { topic, partition }: Pick<Place, 'topic' | 'partition'>,
) {
  const rejects: RejectedMessage[] = []
  chunk.forEach((message, index) => {
    const outcome = outcomes[index]
    if (outcome === undefined) throw new Error(`Of ${chunk.length} messages ${outcomes.length} have an outcome.`)
    if (isRefused(outcome))
      rejects.push(rejectedMessage(message, { topic, partition, offset: message.offset }, outcome))
  })
  return rejects
}

const isRefused = (outcome: Outcome): outcome is Conflict | Rejected =>
  outcome.outcome === 'rejected' || outcome.outcome === 'conflict'

/**
 * Gives signs of life while work is under way. That they fail stops no work: it is ended, and its offset committed if Kafka
 * still takes it; the next sign of life says then that the group is dealt anew.
 */
async function beating<T>(work: Promise<T>, batch: InboundBatch): Promise<T> {
  const timer = setInterval(() => void batch.heartbeat().catch(() => undefined), beatMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}
