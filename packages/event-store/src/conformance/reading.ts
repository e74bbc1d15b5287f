import { describe, expect, it } from 'vitest'
import type { Append } from '../port.ts'
import { collect, type Log, type OpenStore, withLog } from './harness.ts'

export const describeReading = (open: OpenStore): void => {
  describe('reading', () => {
    const given = (test: (log: Log) => Promise<void>) => () => withLog(open, test)

    it(
      'gives nothing for what is unknown',
      given(async (log) => {
        await log.append(log.fact('known'))
        expect(await log.stream('unknown')).toEqual([])
        expect(await log.store.find(log.name('unknown'))).toBeUndefined()
        const head = await log.store.head()
        expect(await collect(log.store.readAll(head))).toEqual([])
        expect(await collect(log.store.readAll(head + 1000n))).toEqual([])
      }),
    )

    it(
      'reads a stream from a revision on, past the size of a batch',
      given(async (log) => {
        const count = 2500
        const events = Array.from({ length: count }, (_, index) => log.event(index === 0 ? 's' : `s-${index}`))
        await log.append(log.to('other', 'any', log.event('before')), log.to('s', 'no-stream', ...events))
        for (const from of [undefined, -1n, 0n, 1n, 1000n, BigInt(count - 1), BigInt(count), BigInt(count + 1)]) {
          const expected = events.slice(Math.max(0, Number(from ?? 0n))).map(({ identity }) => identity)
          expect((await log.stream('s', from)).map(({ identity }) => identity)).toEqual(expected)
        }
      }),
    )

    it(
      'keeps streams and identities of the same name apart',
      given(async (log) => {
        // Each stream has an event that is named as a stream, its own or another, at every place that it can have.
        const appends: readonly Append[] = [
          log.to('a', 'no-stream', log.event('b')),
          log.to('b', 'no-stream', log.event('x')),
          log.to('b', 0n, log.event('a')),
          log.to('c', 'no-stream', log.event('c'), log.event('y')),
          log.to('d', 'no-stream', log.event('z'), log.event('d')),
        ]
        for (const append of appends) expect(await log.append(append)).toMatchObject([{ outcome: 'appended' }])
        const stream = async (name: string, from?: bigint) =>
          (await log.stream(name, from)).map((event) => [event.stream, event.revision, event.identity])
        const row = (name: string, revision: bigint, identity: string) => [log.name(name), revision, log.name(identity)]
        expect(await stream('a')).toEqual([row('a', 0n, 'b')])
        expect(await stream('b')).toEqual([row('b', 0n, 'x'), row('b', 1n, 'a')])
        expect(await stream('c')).toEqual([row('c', 0n, 'c'), row('c', 1n, 'y')])
        expect(await stream('d')).toEqual([row('d', 0n, 'z'), row('d', 1n, 'd')])
        expect(await stream('d', 1n)).toEqual([row('d', 1n, 'd')])
        for (const name of ['x', 'y', 'z']) expect(await stream(name)).toEqual([])
        expect((await log.store.find(log.name('a')))?.stream).toBe(log.name('b'))
        expect(await log.append(log.to('d', 'no-stream', log.event('new')))).toEqual([
          { outcome: 'wrong-revision', actual: 1n },
        ])
      }),
    )

    it(
      'reads everything in batches of the size asked for, full ones but for the last',
      given(async (log) => {
        await log.append(...['a', 'b', 'c', 'd', 'e'].map((name) => log.fact(name)))
        const sizes = async (batchSize?: number) =>
          (await collect(log.store.readAll(log.start, batchSize))).map((batch) => batch.length)
        expect(await sizes()).toEqual([5])
        expect(await sizes(5)).toEqual([5])
        expect(await sizes(2)).toEqual([2, 2, 1])
        expect(await sizes(1)).toEqual([1, 1, 1, 1, 1])
      }),
    )

    it(
      'lets others be served between two batches',
      given(async (log) => {
        await log.append(...['a', 'b', 'c'].map((name) => log.fact(name)))
        const served: string[] = []
        setImmediate(() => served.push('other'))
        for await (const [event] of log.store.readAll(log.start, 1)) served.push(event?.id ?? 'nothing')
        expect(served).toContain('other')
        expect(served.indexOf('other')).toBeLessThan(served.indexOf('evt-c'))
      }),
    )

    it(
      'refuses a batch of no size',
      given(async (log) => {
        for (const size of [0, -1, 1.5, Number.NaN]) {
          const refusal = new RangeError(`batchSize must be a whole number from 1 on, not ${size}.`)
          expect(() => log.store.readAll(0n, size)).toThrow(refusal)
          expect(() => log.store.subscribe(0n, AbortSignal.abort(), size)).toThrow(refusal)
        }
      }),
    )
  })
}
