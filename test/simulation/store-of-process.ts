import { type EventStore, type RecordedEvent, StoreError, type StoreFailure } from '@vouch/event-store'
import { left } from 'fp-ts/lib/Either.js'
import { deliver } from './delivery.ts'
import type { Surroundings } from './surroundings.ts'

export const timedOut: StoreFailure = { tag: 'store-unavailable', message: 'The simulated event store timed out.' }

/** Batches that the port leaves to the store. */
const defaultBatchSize = 1000

/** The log as one process sees it: each call takes its turns, and may fail before or after it has had its effect. */
export function storeOfProcess(around: Surroundings): EventStore {
  const { log, faults, random, network } = around
  const { store } = log

  const read = async <T>(what: string, effect: () => Promise<T>): Promise<T> => {
    await around.turn(what)
    if (faults.happens('read of the log fails')) {
      around.failed('read of the log fails')
      throw new StoreError(timedOut)
    }
    return effect()
  }

  const readBatch = (after: bigint, size: number) =>
    read(`reads the log after ${after}`, async () => eventsAfter(log.events, after, size))

  return {
    append: (appends, recordedAt) => async () => {
      const append = async (some = appends) => {
        const answer = await store.append(some, recordedAt)()
        await log.grown()
        return answer
      }
      const sent = async () => void (await append())
      const names = appends.map(({ stream }) => stream).join(' ')
      await around.turn(`appends ${names}`, around.mayLand('dead process has an append land later', sent))
      if (faults.happens('append fails before it is done')) return fails('append fails before it is done')
      if (faults.happens('append fails and is done later')) {
        network.later(`append of ${names}`, sent)
        return fails('append fails and is done later')
      }
      if (appends.length > 1 && faults.happens('append fails and is done in part')) {
        await append(appends.slice(0, random.between(1, appends.length - 1)))
        return fails('append fails and is done in part')
      }
      const answer = await append()
      await around.turn(`has appended up to ${log.head}`)
      return faults.happens('append fails after it is done') ? fails('append fails after it is done') : answer
    },
    async *readStream(stream, fromRevision) {
      yield* await read(`reads the stream ${stream}`, async () => store.readStream(stream, fromRevision))
    },
    async *readAll(after, size = defaultBatchSize) {
      for (let position = after; ; ) {
        const batch = await readBatch(position, size)
        const newest = batch.at(-1)
        if (newest === undefined) return
        yield batch
        if (batch.length < size) return
        position = newest.position
      }
    },
    subscribe: (after, signal, size = defaultBatchSize) => deliver(around, after, signal, size),
    find: (identity) => read(`looks for ${identity}`, () => store.find(identity)),
    head: () => read('asks for the head of the log', () => store.head()),
    // The log outlives its processes.
    close: async () => {},
  }

  function fails(what: string) {
    around.failed(what)
    return left(timedOut)
  }
}

export const eventsAfter = (events: readonly RecordedEvent[], after: bigint, size: number): readonly RecordedEvent[] =>
  events.slice(Number(after), Number(after) + size)
