import { type RecordedEvent, StoreError } from '@vouch/event-store'
import { eventsAfter, timedOut } from './store-of-process.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * A subscription that is worse than the port allows, as a broker's may be: it leaves gaps, repeats itself, ends and fails.
 * Only this much is sure, that whoever keeps asking hears at last of the newest event.
 */
export async function* deliver(
  around: Surroundings,
  after: bigint,
  signal: AbortSignal,
  size: number,
): AsyncGenerator<readonly RecordedEvent[]> {
  const { log, faults, random } = around
  let position = after
  while (!signal.aborted) {
    if (log.head <= position) {
      await log.growth(signal)
      continue
    }
    await around.turn(`has events delivered after ${position}`)
    if (signal.aborted) return
    const batch = eventsAfter(log.events, position, size)
    const newest = batch.at(-1)
    if (newest === undefined) continue
    position = newest.position
    if (faults.happens('delivery ends')) return around.failed('delivery ends')
    if (faults.happens('delivery fails')) {
      around.failed('delivery fails')
      throw new StoreError(timedOut)
    }
    if (faults.happens('delivery repeats')) {
      const from = BigInt(random.between(0, Number(newest.position) - 1))
      yield eventsAfter(log.events, from, random.between(1, Number(newest.position - from)))
    }
    if (faults.happens('delivery leaves a gap')) {
      // What was in the gap is never delivered; later comes what follows it, or the newest event once more.
      await around.sleep(around.someTime(), signal)
      const newer = log.events.slice(Number(position))
      yield newer.length > 0 ? newer : [newest]
      position = newer.at(-1)?.position ?? position
    } else {
      yield batch
    }
  }
}
