import { type CallFault, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, present } from '../conformance/harness.ts'
import type { RecordedEvent } from '../port.ts'
import { type OnDouble, openOnDouble, until } from './fixtures/open-on-double.ts'

/** Reads a subscription a batch at a time. */
const follow = ({ store, log }: OnDouble, signal: AbortSignal, size?: number) => {
  const batches = store.subscribe(log.start, signal, size)[Symbol.asyncIterator]()
  return async (): Promise<string[]> => {
    const next = await batches.next()
    return (next.done ? [] : next.value).map((event: RecordedEvent) => event.id)
  }
}

const signal = () => {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  return abort
}

describe('a subscription to EventStoreDB (a DOUBLE of it)', () => {
  it.each<CallFault>(['unavailable', 'unknown', 'not-leader', 'end'])(
    'comes back from the last event worked on, after: %s',
    async (fault) => {
      const opened = await openOnDouble()
      const { log, double, timing, interruptions } = opened
      const next = follow(opened, signal().signal)
      await log.append(log.fact('a'))
      expect(await next()).toEqual(['evt-a'])
      for (const name of ['b', 'c']) {
        const waiting = next()
        await until(() => double.openSubscriptions() === 1)
        double.breakSubscriptions(fault)
        await until(() => interruptions.length > 0)
        await log.append(log.fact(name))
        expect(await waiting).toEqual([`evt-${name}`])
        expect(interruptions.splice(0)).toEqual([{ why: expect.any(String), failures: 1, delayMs: 100 }])
      }
      expect(timing.delays.filter((ms) => ms !== 100)).toEqual([])
    },
  )

  it('waits longer each time that it fails in a row, up to ten seconds, and begins anew after an event', async () => {
    const opened = await openOnDouble()
    const { log, double, interruptions } = opened
    const next = follow(opened, signal().signal)
    double.faults.subscriptions.push(...Array.from({ length: 10 }, () => 'unavailable' as const))
    const waiting = next()
    await until(() => double.openSubscriptions() === 1)
    expect(interruptions.map(({ delayMs }) => delayMs)).toEqual([
      100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000,
    ])
    await log.append(log.fact('a'))
    expect(await waiting).toEqual(['evt-a'])
    const after = next()
    await until(() => double.openSubscriptions() === 1)
    double.breakSubscriptions('end')
    await until(() => interruptions.length === 11)
    expect(interruptions[10]).toEqual({ why: 'EventStoreDB ended it', failures: 1, delayMs: 100 })
    await log.append(log.fact('b'))
    expect(await after).toEqual(['evt-b'])
  })

  it('outlasts a server that is away for longer than a read is tried', async () => {
    const opened = await openOnDouble()
    const { log, double, interruptions } = opened
    const next = follow(opened, signal().signal)
    await log.append(log.fact('a'))
    expect(await next()).toEqual(['evt-a'])
    const waiting = next()
    await until(() => double.openSubscriptions() === 1)
    double.faults.isDown = true
    double.breakSubscriptions('unavailable')
    await until(() => interruptions.length >= 3)
    double.faults.isDown = false
    await log.append(log.fact('b'))
    expect(await waiting).toEqual(['evt-b'])
  })

  it('never takes a checkpoint for what was worked on', async () => {
    const opened = await openOnDouble()
    const { log, double } = opened
    const writer = await openOnDouble(double)
    const next = follow(opened, signal().signal, 2)
    await log.append(log.fact('a'))
    expect(await next()).toEqual(['evt-a'])
    double.faults.hasEarlyCheckpoints = true
    const waiting = next()
    await until(() => double.openSubscriptions() === 1)
    const facts = Array.from({ length: 20 }, (_, index) => log.fact(`f${index}`))
    await writer.log.append(...facts)
    const seen = await waiting
    while (seen.length < 20) {
      // Events are on their way that nobody has worked on, and the server has said how far it has come.
      double.breakSubscriptions('unavailable')
      seen.push(...(await next()))
    }
    expect(seen).toEqual(facts.map(({ events }) => present(events[0], 'an event').id))
  })

  it('goes to the new leader', async () => {
    const opened = await openOnDouble()
    const { log, double } = opened
    const leader = await startEventStoreDbDouble({ log: double.log })
    onTestFinished(() => leader.stop())
    const next = follow(opened, signal().signal)
    await log.append(log.fact('a'))
    expect(await next()).toEqual(['evt-a'])
    const waiting = next()
    await until(() => double.openSubscriptions() === 1)
    double.faults.leader = { host: '127.0.0.1', port: leader.port }
    double.breakSubscriptions('not-leader')
    await until(() => leader.openSubscriptions() === 1)
    await log.append(log.fact('b'))
    expect(await waiting).toEqual(['evt-b'])
  })

  it('sees what another process appends, and no claims', async () => {
    const opened = await openOnDouble()
    const { log, double } = opened
    const other = await openOnDouble(double)
    const next = follow(opened, signal().signal)
    const waiting = next()
    await until(() => double.openSubscriptions() === 1)
    await other.log.append(log.to('s', 'no-stream', log.event('x'), log.event('y')))
    const seen = await waiting
    while (seen.length < 2) seen.push(...(await next()))
    expect(seen).toEqual(['evt-x', 'evt-y'])
  })

  it('is over with an error for a user who may not read', async () => {
    const { log, store, double } = await openOnDouble()
    double.faults.subscriptions.push('access-denied')
    await expect(collect(store.subscribe(log.start, signal().signal))).rejects.toMatchObject({
      failure: { tag: 'store-read-only', message: expect.stringMatching(/refuses these credentials/) },
    })
  })

  it('ends without an error when it is aborted while it waits for a server', async () => {
    const { log, store, double, interruptions } = await openOnDouble()
    const abort = signal()
    double.faults.isDown = true
    const reading = collect(store.subscribe(log.start, abort.signal))
    await until(() => interruptions.length > 1)
    abort.abort()
    expect(await reading).toEqual([])
  })
})
