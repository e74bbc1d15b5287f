import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWakeups, following, type ReadBatch } from './following.ts'
import type { RecordedEvent } from './port.ts'

const eventAt = (position: bigint): RecordedEvent => ({
  identity: `event-${position}`,
  contentHash: '0'.repeat(64),
  type: 'type',
  programId: 'program',
  source: 'source',
  id: `${position}`,
  time: 0,
  data: '{}',
  position,
  stream: `event-${position}`,
  revision: 0n,
  recordedAt: 0,
})

describe('following a log', () => {
  // Whatever polls needs a timer, and here no timer ever fires.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const countingLog = () => {
    const events: RecordedEvent[] = []
    let reads = 0
    const wakeups = createWakeups()
    const read: ReadBatch = (after, limit) => {
      reads += 1
      return events.filter(({ position }) => position > after).slice(0, limit)
    }
    const grow = () => {
      events.push(eventAt(BigInt(events.length + 1)))
      wakeups.wake()
    }
    return { wakeups, read, grow, reads: () => reads }
  }

  it('wakes up when the log grows, and reads once for that', async () => {
    const log = countingLog()
    const abort = new AbortController()
    const batches = following(log.read, log.wakeups, 0n, abort.signal, 10)
    const first = batches.next()
    expect(log.reads()).toBe(1)
    log.grow()
    expect(await first).toEqual({ done: false, value: [eventAt(1n)] })
    expect(log.reads()).toBe(2)
    abort.abort()
    expect(await batches.next()).toEqual({ done: true, value: undefined })
  })

  it('ends at once when it is aborted while it waits', async () => {
    const log = countingLog()
    const abort = new AbortController()
    const waiting = following(log.read, log.wakeups, 0n, abort.signal, 10).next()
    abort.abort()
    expect(await waiting).toEqual({ done: true, value: undefined })
    expect(log.reads()).toBe(1)
  })

  it('does not wait for a signal that is aborted already', async () => {
    await createWakeups().wait(AbortSignal.abort())
  })

  it('leaves no listener behind on the signal, however often it waits', async () => {
    const log = countingLog()
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const batches = following(log.read, log.wakeups, 0n, signal, 10)
    for (let index = 1; index <= 5; index += 1) {
      const next = batches.next()
      while (added.mock.calls.length < index) await new Promise((resolve) => setImmediate(resolve))
      log.grow()
      await next
    }
    expect(removed.mock.calls).toEqual(added.mock.calls)
    expect(added).toHaveBeenCalledTimes(5)
  })
})
