import { left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { StoreError } from '../port.ts'
import { collect, type Log, type OpenStore, withLog } from './harness.ts'

export const describeClosing = (open: OpenStore): void => {
  describe('closing', () => {
    const given = (test: (log: Log) => Promise<void>) => () => withLog(open, test)
    const closed = { tag: 'store-closed', message: expect.stringMatching(/ is closed\.$/) }

    it(
      'answers the appends made so far, and may be asked for twice',
      given(async (log) => {
        const pending = Promise.all([log.append(log.fact('a')), log.append(log.fact('b'))])
        await Promise.all([log.store.close(), log.store.close()])
        expect((await pending).flat()).toMatchObject([{ outcome: 'appended' }, { outcome: 'appended' }])
        await log.store.close()
      }),
    )

    it(
      'refuses appends and reads afterwards',
      given(async (log) => {
        await log.append(log.fact('a'))
        await log.store.close()
        expect(await log.store.append([log.fact('b')], log.now)()).toEqual(left(closed))
        const reads = [
          log.store.find(log.name('a')),
          log.store.head(),
          log.stream('a'),
          log.all(),
          collect(log.store.subscribe(log.start, new AbortController().signal)),
        ]
        for (const read of reads) {
          const error = await read.then(
            () => undefined,
            (reason: unknown) => reason,
          )
          expect(error).toBeInstanceOf(StoreError)
          expect(error).toMatchObject({ failure: closed })
        }
      }),
    )

    it(
      'is an error to a subscription that waits, since nobody aborted it',
      given(async (log) => {
        const waiting = collect(log.store.subscribe(log.start, new AbortController().signal))
        const outcome = waiting.then(
          () => undefined,
          (reason: unknown) => reason,
        )
        await log.store.close()
        expect(await outcome).toMatchObject({ failure: closed })
      }),
    )
  })
}
