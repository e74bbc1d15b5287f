import { type AppendFault, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { collect, positionOf } from '../conformance/harness.ts'
import { StoreError } from '../port.ts'
import { openOnDouble, until } from './fixtures/open-on-double.ts'
import { timing } from './fixtures/timing.ts'
import { serverStream } from './records.ts'
import { openEventStoreDb } from './store.ts'

const failed = (tag: string, message: RegExp) => left({ tag, message: expect.stringMatching(message) })

/** What ends a process if nobody catches it. */
const watchForCrashes = () => {
  const crashes: unknown[] = []
  const note = (reason: unknown) => crashes.push(reason)
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
  onTestFinished(() => {
    process.off('uncaughtException', note)
    process.off('unhandledRejection', note)
  })
  return crashes
}

describe('an append to EventStoreDB (a DOUBLE of it)', () => {
  it.each<[AppendFault, number[]]>([
    ['unavailable', [100]],
    ['unknown', [100]],
    ['not-leader', [100]],
    ['end', [100]],
    ['answer-lost', [100]],
    ['timeout', [100]],
    ['stray-answer', []],
    ['wrong-revision', []],
  ])('is done once, and said to be, after: %s', async (fault, delays) => {
    const { log, double, timing } = await openOnDouble()
    double.faults.appends.push(fault)
    const [outcome] = await log.append(log.fact('f'))
    expect(outcome).toEqual({ outcome: 'appended', position: expect.any(BigInt), revision: 0n })
    expect(await log.all()).toMatchObject([{ id: 'evt-f', position: positionOf(outcome) }])
    expect(double.log.stream(serverStream(log.name('f')))).toHaveLength(1)
    expect(timing.delays).toEqual(delays)
    expect(await log.append(log.fact('f'))).toEqual([{ outcome: 'duplicate', position: positionOf(outcome) }])
  })

  it.each<AppendFault>(['unavailable', 'answer-lost', 'timeout', 'end'])(
    'keeps its place among those sent with it, after: %s',
    async (fault) => {
      const { log, double } = await openOnDouble()
      double.faults.appends.push(...Array.from({ length: 100 }, () => 'none' as const), fault)
      const facts = Array.from({ length: 300 }, (_, index) => log.fact(`f${index}`))
      const outcomes = await log.append(...facts)
      const events = await log.all()
      expect(events.map(({ stream }) => stream)).toEqual(facts.map(({ stream }) => stream))
      expect(outcomes).toEqual(events.map(({ position }) => ({ outcome: 'appended', position, revision: 0n })))
    },
  )

  it('fails as store-unavailable while there is no server, and all who wait with it; then works again', async () => {
    const { log, store, double, timing } = await openOnDouble()
    await log.append(log.fact('before'))
    double.faults.isDown = true
    const calls = ['a', 'b'].map((name) => store.append([log.fact(name)], log.now)())
    expect(await Promise.all(calls)).toEqual(
      calls.map(() =>
        failed('store-unavailable', /^EventStoreDB does not answer as it should \(unavailable: .*Try again\.$/),
      ),
    )
    expect(timing.delays).toEqual([100, 200, 400, 800, 1600])
    double.faults.isDown = false
    expect(await log.append(log.fact('a'), log.fact('b'))).toMatchObject([
      { outcome: 'appended' },
      { outcome: 'appended' },
    ])
  })

  it('is sent again when the answer is late, and a late answer does nothing', async () => {
    const crashes = watchForCrashes()
    const { log, double, timing } = await openOnDouble()
    double.faults.appends.push('late-answer')
    const appending = log.append(log.fact('f'))
    await until(() => double.log.stream(serverStream(log.name('f'))).length === 1 && timing.running() === 1)
    timing.expire()
    expect(await appending).toMatchObject([{ outcome: 'appended', revision: 0n }])
    double.answerLate()
    expect(await log.append(log.fact('g'))).toMatchObject([{ outcome: 'appended' }])
    expect(double.log.stream(serverStream(log.name('f')))).toHaveLength(1)
    expect(crashes).toEqual([])
  })

  it('of a fact does not wait for the answer to the one before', async () => {
    const { log, double, timing } = await openOnDouble()
    double.faults.appends.push('late-answer')
    const facts = Array.from({ length: 100 }, (_, index) => log.fact(`f${index}`))
    const appending = log.append(...facts)
    await until(() => double.log.expectations.length === 100)
    double.answerLate()
    expect((await appending).map(({ outcome }) => outcome)).toEqual(facts.map(() => 'appended'))
    expect(timing.delays).toEqual([])
  })

  it('is not touched by what happens to another store in the same process', async () => {
    const crashes = watchForCrashes()
    const [one, other] = [await openOnDouble(), await openOnDouble()]
    one.double.faults.appends.push('late-answer')
    other.double.faults.appends.push('unavailable')
    const waiting = one.log.append(one.log.fact('f'))
    await until(() => one.double.log.stream(serverStream(one.log.name('f'))).length === 1)
    expect(await other.log.append(other.log.fact('g'))).toMatchObject([{ outcome: 'appended' }])
    one.double.answerLate()
    expect(await waiting).toMatchObject([{ outcome: 'appended' }])
    expect(one.timing.delays).toEqual([])
    expect(crashes).toEqual([])
  })

  it('that is too large fails as store-full, and no other call with it', async () => {
    const { log, store, double } = await openOnDouble()
    double.faults.appends.push('none', 'too-large')
    const calls = ['a', 'b', 'c'].map((name) => store.append([log.fact(name)], log.now)())
    const [a, b, c] = await Promise.all(calls)
    expect([a, c].every((answer) => answer !== undefined && isRight(answer))).toBe(true)
    expect(b).toEqual(failed('store-full', /takes no append of this size .*MaxAppendSize/))
    expect((await log.all()).map(({ id }) => id)).toEqual(['evt-a', 'evt-c'])
  })

  it('fails at once as store-read-only for a user who may not write', async () => {
    const { log, store, double, timing } = await openOnDouble()
    double.faults.appends.push('access-denied')
    expect(await store.append([log.fact('f')], log.now)()).toEqual(
      failed('store-read-only', /refuses these credentials/),
    )
    expect(timing.delays).toEqual([])
  })

  it('fails as store-corrupt when a server does not keep the order', async () => {
    const { log, store, double } = await openOnDouble()
    double.faults.appends.push('overtaken')
    expect(await store.append([log.fact('a'), log.fact('b')], log.now)()).toEqual(
      failed('store-corrupt', /before \d+, which was sent earlier: it does not keep the order\.$/),
    )
  })

  it('names a revision whatever its caller expects, and is so known again however late', async () => {
    const { log, double } = await openOnDouble()
    const appends = [log.to('s', 'any', log.event('x')), log.to('s', 'any', log.event('y'))]
    expect(await log.append(log.fact('f'), ...appends)).toMatchObject(
      Array.from({ length: 3 }, () => ({ outcome: 'appended' })),
    )
    expect(double.log.expectations.filter((it) => typeof it !== 'number' && it !== 'no-stream')).toEqual([])
    expect(await log.append(...appends)).toMatchObject([{ outcome: 'duplicate' }, { outcome: 'duplicate' }])
  })

  it('says the right revision even if the client is told not to throw', async () => {
    const double = await startEventStoreDbDouble()
    onTestFinished(() => double.stop())
    const connectionString = `${double.connectionString}&throwOnAppendFailure=false`
    const { log } = await openOnDouble({ ...double, connectionString })
    await log.append(log.to('s', 'no-stream', log.event('a'), log.event('b'), log.event('c')))
    expect(await log.append(log.to('s', 'no-stream', log.event('d')))).toEqual([
      { outcome: 'wrong-revision', actual: 2n },
    ])
  })

  it('goes to the new leader', async () => {
    const one = await openOnDouble()
    await one.log.append(one.log.fact('a'))
    const other = await startEventStoreDbDouble({ log: one.double.log })
    onTestFinished(() => other.stop())
    one.double.faults.leader = { host: '127.0.0.1', port: other.port }
    expect(await one.log.append(one.log.fact('b'))).toMatchObject([{ outcome: 'appended' }])
    expect(one.timing.delays).toEqual([100])
    // Reading follows as well.
    expect((await one.log.all()).map(({ id }) => id)).toEqual(['evt-a', 'evt-b'])
  })
})

describe('a server that is found by discovery (a DOUBLE of it)', () => {
  const connectionString = (port: number, options = 'maxDiscoverAttempts=1&discoveryInterval=1') =>
    `esdb+discover://127.0.0.1:${port}?tls=false&${options}`

  it('is found', async () => {
    const double = await startEventStoreDbDouble()
    const store = openEventStoreDb({ connectionString: connectionString(double.port) })
    expect(await store.head()).toBe(0n)
    await store.close()
    await double.stop()
  })

  it('is looked for in vain while a subscription breaks, and that ends no process', async () => {
    const crashes = watchForCrashes()
    const double = await startEventStoreDbDouble()
    const { store, log, timing, interruptions } = await openOnDouble({
      ...double,
      connectionString: connectionString(double.port, 'maxDiscoverAttempts=5&discoveryInterval=20'),
    })
    const abort = new AbortController()
    const following = collect(store.subscribe(log.start, abort.signal))
    await log.append(log.fact('a'))
    await until(() => double.openSubscriptions() === 1)
    double.faults.isDown = true
    const appending = store.append([log.fact('b')], log.now)()
    await until(() => timing.delays.length > 0)
    double.breakSubscriptions('unavailable')
    expect(await appending).toEqual(failed('store-unavailable', /./))
    await until(() => interruptions.length > 1)
    abort.abort()
    expect((await following).flat()).toHaveLength(1)
    expect(crashes).toEqual([])
  })

  it('is unavailable when nobody is there, and that ends no process', async () => {
    const crashes = watchForCrashes()
    const double = await startEventStoreDbDouble()
    await double.stop()
    const store = openEventStoreDb({ connectionString: connectionString(double.port), wait: timing().wait })
    await expect(store.head()).rejects.toMatchObject({ failure: { tag: 'store-unavailable' } })
    expect(await store.append([], 0)()).toEqual(right([]))
    await store.close()
    expect(crashes).toEqual([])
  })
})

describe('reading from EventStoreDB (a DOUBLE of it)', () => {
  it.each(['unavailable', 'unknown', 'not-leader'] as const)('is done again after: %s', async (fault) => {
    const { log, store, double, timing } = await openOnDouble()
    await log.append(log.fact('a'))
    const reads = [() => log.stream('a'), () => log.all(), () => store.find(log.name('a')), () => store.head()]
    for (const read of reads) {
      const expected = await read()
      double.faults.reads.push(fault)
      expect(await read()).toEqual(expected)
    }
    expect(timing.delays.every((ms) => ms === 100)).toBe(true)
  })

  it('fails with a StoreError for a user who may not, and when it does not pass', async () => {
    const { log, store, double } = await openOnDouble()
    double.faults.reads.push('access-denied')
    await expect(log.all()).rejects.toThrow(StoreError)
    double.faults.isDown = true
    await expect(store.head()).rejects.toMatchObject({ failure: { tag: 'store-unavailable' } })
  })

  it('begins at any number, be there a record or not', async () => {
    const { log, store } = await openOnDouble()
    await log.append(...Array.from({ length: 30 }, (_, index) => log.fact(`f${index}`)))
    const positions = (await log.all()).map(({ position }) => position)
    const numbers = positions.flatMap((position) => [-2n, -1n, 0n, 1n, 2n].map((by) => position + by))
    for (const after of [-5n, 0n, 1n, ...numbers, 10n ** 12n]) {
      const read = (await collect(store.readAll(after, 7))).flat().map(({ position }) => position)
      expect(read).toEqual(positions.filter((position) => position > after))
    }
  })

  it('takes nothing for the log that vouch has not written', async () => {
    const { log, store, double } = await openOnDouble()
    const stray = { id: crypto.randomUUID(), type: 't', contentType: 'application/json', metadata: new Uint8Array() }
    double.log.append('somebody-elses', 'any', [{ ...stray, data: Buffer.from('{}') }])
    await log.append(log.fact('a'))
    expect((await log.all()).map(({ id }) => id)).toEqual(['evt-a'])
    double.log.append(serverStream('a'), 'any', [{ ...stray, data: Buffer.from('{}') }])
    await expect(collect(store.readStream('a'))).rejects.toMatchObject({
      failure: { tag: 'store-corrupt', message: expect.stringMatching(/^The record 0@vouch-a of EventStoreDB has no/) },
    })
  })
})

it('closes though a subscription is open, and lets the process end', async () => {
  const { store, double } = await openOnDouble()
  const subscription = store.subscribe(0n, new AbortController().signal)[Symbol.asyncIterator]().next()
  await until(() => double.openSubscriptions() === 1)
  await store.close()
  await expect(subscription).rejects.toMatchObject({ failure: { tag: 'store-closed' } })
  await until(() => double.openSubscriptions() === 0)
})
