import type { AllStreamSubscription, Position } from '@eventstore/db-client'
import { createWakeups } from '../following.ts'
import { type RecordedEvent, StoreError, type StoreFailure } from '../port.ts'
import { allRecord, type Connection } from './connection.ts'
import { troubleOf } from './failure.ts'
import type { Reader } from './reading.ts'
import { delayMs, type Wait } from './retry.ts'

/** A subscription was lost and will be made anew. */
export interface Interruption {
  /** Why, in a sentence. */
  readonly why: string
  /** How often in a row, without an event between. */
  readonly failures: number
  readonly delayMs: number
}

export interface FollowingParts {
  readonly connection: Connection
  readonly reader: Reader
  readonly wait: Wait
  readonly closing: AbortSignal
  readonly closed: StoreFailure
  readonly onInterruption: (interruption: Interruption) => void
  /** Position of the newest event that this store has appended. */
  readonly newestAppended: () => bigint
}

/**
 * Reads up to the end, then goes on live; when the subscription is lost, whatever the reason, again from the last event that
 * was worked on. That is the one place it remembers: checkpoints of the server come before their events were worked on, and
 * are not listened to.
 */
export async function* followingServer(
  parts: FollowingParts,
  after: bigint,
  signal: AbortSignal,
  size: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { reader, wait, closing, closed, onInterruption } = parts
  const stop = AbortSignal.any([signal, closing])
  let position = after
  let failures = 0
  while (!stop.aborted) {
    let why = 'EventStoreDB ended it'
    try {
      let end: Position | 'start' | undefined
      for await (const { events, upTo } of reader.scan(position, size)) {
        if (stop.aborted) break
        end = upTo
        const last = events.at(-1)
        if (last === undefined) continue
        yield events
        position = last.position
        failures = 0
      }
      if (stop.aborted) break
      end ??= (await reader.lastRecord()) ?? 'start'
      for await (const events of live(parts, end, position, stop, size)) {
        yield events
        position = events.at(-1)?.position ?? position
        failures = 0
      }
    } catch (error) {
      const trouble = troubleOf(error)
      if (trouble === undefined) throw error
      if (!trouble.isPassing)
        throw error instanceof StoreError ? error : new StoreError(trouble.failure, { cause: error })
      why = trouble.failure.message
    }
    if (stop.aborted) break
    failures++
    onInterruption({ why, failures, delayMs: delayMs(failures) })
    await wait(delayMs(failures), stop)
  }
  if (closing.aborted && !signal.aborted) throw new StoreError(closed)
}

/** Batches as they come, until the subscription ends; what had come before it failed is given out first. */
async function* live(
  { connection, newestAppended }: FollowingParts,
  from: Position | 'start',
  after: bigint,
  stop: AbortSignal,
  size: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  const subscription = connection.subscribe(from, size)
  const wakeups = createWakeups()
  let over: { readonly error?: unknown } | undefined
  const finish = (ending: { readonly error?: unknown }) => {
    over ??= ending
    wakeups.wake()
  }
  subscription.on('readable', () => wakeups.wake())
  subscription.on('end', () => finish({}))
  subscription.on('close', () => finish({}))
  subscription.on('error', (error) => finish({ error }))

  let position = after
  const takeInto = (batch: RecordedEvent[]) => {
    while (batch.length < size) {
      const resolved: Resolved | null = subscription.read()
      if (resolved === null) return
      for (const { written } of allRecord(resolved)) {
        if (written?.kind !== 'event' || written.position <= position) continue
        position = written.position
        batch.push(written.event)
      }
    }
  }

  try {
    while (!stop.aborted) {
      // Whoever has appended and then asks gets it, as from a store in this process, and not the first part of it.
      const wanted = newestAppended()
      const batch: RecordedEvent[] = []
      for (;;) {
        takeInto(batch)
        if (stop.aborted) return
        if (batch.length === size || (batch.length > 0 && (position >= wanted || over))) break
        if (over?.error !== undefined) throw over.error
        if (over) return
        await wakeups.wait(stop)
      }
      yield batch
    }
  } finally {
    leave(subscription)
  }
}

type Resolved = Parameters<typeof allRecord>[0]

const leave = (subscription: AllStreamSubscription) => {
  // It rejects if there never was a connection.
  subscription.unsubscribe().catch(() => undefined)
  subscription.destroy()
}
