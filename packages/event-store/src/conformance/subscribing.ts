import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../port.ts'
import { collect, type Log, type OpenStore, withLog } from './harness.ts'

export const describeSubscribing = (open: OpenStore): void => {
  describe('subscribing', () => {
    const given = (test: (log: Log) => Promise<void>) => () => withLog(open, test)

    it(
      'goes on with what is appended after it has read everything',
      given(async (log) => {
        await log.append(log.fact('a'), log.fact('b'))
        const [a] = await log.all()
        const abort = new AbortController()
        const batches = log.store.subscribe(a?.position ?? 0n, abort.signal)[Symbol.asyncIterator]()
        const next = async () => (await batches.next()).value?.map((event: RecordedEvent) => event.id)
        expect(await next()).toEqual(['evt-b'])
        for (const name of ['c', 'd']) {
          const waiting = next()
          await log.append(log.fact(name))
          expect(await waiting).toEqual([`evt-${name}`])
        }
        await log.append(log.fact('e'))
        await log.append(log.fact('f'))
        expect(await next()).toEqual(['evt-e', 'evt-f'])
        abort.abort()
        expect(await batches.next()).toEqual({ done: true, value: undefined })
      }),
    )

    it(
      'waits at the head of the log, and past it',
      given(async (log) => {
        await log.append(log.fact('a'))
        const head = await log.store.head()
        const abort = new AbortController()
        const first = (after: bigint) => log.store.subscribe(after, abort.signal)[Symbol.asyncIterator]().next()
        const [atHead, pastHead] = [first(head), first(head + 1_000_000_000_000n)]
        await log.append(log.fact('b'))
        expect((await atHead).value?.map((event: RecordedEvent) => event.id)).toEqual(['evt-b'])
        abort.abort()
        expect(await pastHead).toEqual({ done: true, value: undefined })
      }),
    )

    it(
      'ends without an error when it is aborted: before, while it waits, while its batch is being worked on',
      given(async (log) => {
        await log.append(log.fact('a'), log.fact('b'))
        expect(await collect(log.store.subscribe(log.start, AbortSignal.abort()))).toEqual([])

        const whileWaiting = new AbortController()
        const head = await log.store.head()
        const waiting = collect(log.store.subscribe(head, whileWaiting.signal))
        whileWaiting.abort(new Error('a reason that is nobody’s error'))
        expect(await waiting).toEqual([])

        const whileWorking = new AbortController()
        const seen: string[] = []
        for await (const [event] of log.store.subscribe(log.start, whileWorking.signal, 1)) {
          seen.push(event?.id ?? 'nothing')
          whileWorking.abort()
        }
        expect(seen).toEqual(['evt-a'])
      }),
    )

    it(
      'serves several at once, each from its own position, and one may leave',
      given(async (log) => {
        await log.append(log.fact('a'), log.fact('b'))
        const head = await log.store.head()
        const signal = new AbortController().signal
        const take = async (after: bigint, count: number) => {
          const ids: string[] = []
          for await (const batch of log.store.subscribe(after, signal)) {
            ids.push(...batch.map((event) => event.id))
            if (ids.length >= count) break
          }
          return ids
        }
        const all = [take(log.start, 2), take(log.start, 3), take(head, 1)]
        // A store that is elsewhere reads only when it is reached; until then, the first batch could have more in it.
        await all[0]
        await log.append(log.fact('c'))
        expect(await Promise.all(all)).toEqual([['evt-a', 'evt-b'], ['evt-a', 'evt-b', 'evt-c'], ['evt-c']])
      }),
    )
  })
}
