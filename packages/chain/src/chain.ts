import { setImmediate as turn } from 'node:timers/promises'
import type { EventStore, RecordedEvent } from '@vouch/event-store'
import { entryText, nextHash } from './entry.ts'
import { markBytes, type Seal, type Seals, type Stretch } from './seals.ts'

/** Events from one seal to the next. */
export const defaultStretch = 1000

export interface ChainParts {
  readonly store: Pick<EventStore, 'readAll'>
  readonly seals: Seals
  /** ms since the epoch, UTC; says when a seal was made. */
  readonly clock: () => number
  readonly stretch?: number | undefined
}

/**
 * The hash chain over a log: a fold like any other, whose state is the newest hash. What others read of the log it takes
 * from them; what they did not show it, it reads by itself.
 */
export interface Chain {
  /**
   * Takes events that somebody else has read, all there are after a position, if they follow on what it has; else it reads by
   * itself, behind. Never fails.
   */
  offer(events: readonly RecordedEvent[], after: bigint): void
  /** Reads on up to the log's present head. */
  catchUp(): Promise<Seal>
  /** Seals the log up to its present head, for a reason, durably. */
  seal(reason: string): Promise<Seal>
}

export function createChain({ store, seals, clock, stretch = defaultStretch }: ChainParts): Chain {
  let { position, count, hash } = seals.newest()
  let marks = Buffer.alloc(stretch * markBytes)
  let reading: Promise<Seal> | undefined

  function take(events: readonly RecordedEvent[]): void {
    const done: Stretch[] = []
    const before = { position, count, hash, marks }
    try {
      for (const event of events) {
        count++
        hash = nextHash(hash, entryText(event, count))
        position = event.position
        const place = (count - 1) % stretch
        marks.write(hash, place * markBytes, markBytes, 'hex')
        if (place !== stretch - 1) continue
        done.push({ seal: { position, count, hash }, marks })
        marks = Buffer.alloc(stretch * markBytes)
      }
      if (done.length > 0) seals.add(done, clock())
    } catch (error) {
      ;({ position, count, hash, marks } = before)
      throw error
    }
  }

  async function readOn(): Promise<Seal> {
    for await (const batch of store.readAll(position)) {
      const next = batch.filter((event) => event.position > position)
      if (next.length > 0) take(next)
      // Others have their turn: a long log may be read behind a server that answers.
      await turn()
    }
    return { position, count, hash }
  }

  const chain: Chain = {
    offer(events, after) {
      if (reading) return
      try {
        if (after <= position) take(events.filter((event) => event.position > position))
        else chain.catchUp().catch(() => undefined)
      } catch {
        // What could not be kept (a full disk, say) is read again by the next catch-up.
      }
    },
    catchUp() {
      reading ??= readOn().finally(() => {
        reading = undefined
      })
      return reading
    },
    async seal(reason) {
      const seal = { ...(await chain.catchUp()), reason }
      seals.addFor(seal, clock())
      return seal
    },
  }
  return chain
}
