import { setImmediate as turn } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { StoreError } from '@vouch/event-store'
import { afterEach, describe, expect, it } from 'vitest'
import { answerCalls, callsOver, type Handlers } from './calls.ts'
import { errorClasses } from './fold-protocol.ts'

type Spoken = {
  readonly double: (number: bigint) => bigint
  readonly count: (to: number) => number
  readonly wait: () => string
  readonly fail: (why: string) => void
  readonly measure: (bytes: Uint8Array) => number
}

const failure = { tag: 'store-full', message: 'The disk is full.' } as const

const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

function line(more: Partial<Handlers<Spoken>> = {}) {
  const { port1, port2 } = new MessageChannel()
  open.push(() => port1.close())
  const answering = answerCalls<Spoken>(port2, {
    double: (number) => 2n * number,
    async count(to, { progress }) {
      for (let n = 1; n <= to; n++) progress(n, BigInt(to))
      return to
    },
    wait: (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    fail() {
      throw new StoreError(failure)
    },
    measure: (bytes) => bytes.byteLength,
    ...more,
  })
  return { ...callsOver<Spoken>(port1, errorClasses), idle: answering.idle }
}

describe('calls between threads', () => {
  it('are answered, each with its own answer', async () => {
    const { call } = line()
    expect(await Promise.all([1n, 2n, 3n].map((number) => call('double', number)))).toEqual([2n, 4n, 6n])
  })

  it('fail with the error that the other side threw', async () => {
    const failed = line().call('fail', 'because')
    await expect(failed).rejects.toBeInstanceOf(StoreError)
    await expect(failed).rejects.toMatchObject({ failure })
  })

  it('tell how far they are', async () => {
    const news: unknown[] = []
    const told = await line().call('count', 3, { onProgress: (...it: unknown[]) => news.push(it) })
    expect({ told, news }).toEqual({
      told: 3,
      news: [
        [1, 3n],
        [2, 3n],
        [3, 3n],
      ],
    })
  })

  it('are given up with the reason of the signal, once the other side has stopped', async () => {
    const stop = new AbortController()
    const reason = new Error('Ctrl-C')
    let isStopped = false
    const { call } = line({
      wait: (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            isStopped = true
            reject(signal.reason)
          }),
        ),
    })
    const waiting = call('wait', undefined, { signal: stop.signal })
    await turn()
    stop.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(isStopped).toBe(true)
    await expect(call('wait', undefined, { signal: stop.signal })).rejects.toBe(reason)
  })

  it('that end by themselves are answered, though they were given up', async () => {
    const stop = new AbortController()
    const { call } = line({
      wait: (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('written'))),
    })
    const waiting = call('wait', undefined, { signal: stop.signal })
    await turn()
    stop.abort()
    expect(await waiting).toBe('written')
  })

  it('move what is to be moved', async () => {
    const bytes = new Uint8Array(1_000)
    expect(await line().call('measure', bytes, { transfer: [bytes.buffer] })).toBe(1_000)
    expect(bytes.byteLength).toBe(0)
  })

  it('fail when the other side is gone, those that wait and those that come', async () => {
    const { call, fail } = line()
    const waiting = call('wait', undefined)
    const gone = new Error('gone')
    fail(gone)
    await expect(waiting).rejects.toBe(gone)
    await expect(call('double', 1n)).rejects.toBe(gone)
  })

  it('can be waited for by the side that answers them', async () => {
    const release = Promise.withResolvers<string>()
    const { call, idle } = line({ wait: () => release.promise })
    const waiting = call('wait', undefined)
    await call('double', 1n)
    let isIdle = false
    const idling = idle().then(() => {
      isIdle = true
    })
    await turn()
    expect(isIdle).toBe(false)
    release.resolve('done')
    await idling
    expect(await waiting).toBe('done')
  })
})
