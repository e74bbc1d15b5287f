import { startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import fc from 'fast-check'
import { isLeft, left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { AppendOutcome, ExpectedRevision } from '../port.ts'
import { openOnDouble } from './fixtures/open-on-double.ts'
import { serverStream } from './records.ts'

/** Two stores, as two processes have them, on one server. */
const openTwo = async () => {
  const double = await startEventStoreDbDouble()
  return [await openOnDouble(double), await openOnDouble(double, () => 0.2)] as const
}

describe('two writers to one EventStoreDB (a DOUBLE of it)', () => {
  it('never have an identity in the log twice, whatever they do at once', async () => {
    const [one, other] = await openTwo()
    const names = ['a', 'b', 'c', 'd'] as const
    const plan = fc.record({
      stream: fc.constantFrom(...names),
      expected: fc.constantFrom<ExpectedRevision>('no-stream', 'any', 0n),
      events: fc.uniqueArray(
        fc.record({ name: fc.constantFrom(...names, 'e', 'f'), content: fc.constantFrom('one', 'two') }),
        { minLength: 1, maxLength: 3, selector: ({ name }) => name },
      ),
    })
    let run = 0
    const writers = fc.tuple(fc.array(plan, { maxLength: 5 }), fc.array(plan, { maxLength: 5 }))
    await fc.assert(
      fc.asyncProperty(writers, async (plans) => {
        run++
        const named = (name: string) => `${run}-${name}`
        const start = await one.store.head()
        const outcomes = await Promise.all(
          plans.map((ofWriter, index) => {
            const { store } = index === 0 ? one : other
            const { log } = one
            const appends = ofWriter.map(({ stream, expected, events }) =>
              log.to(named(stream), expected, ...events.map(({ name, content }) => log.event(named(name), content))),
            )
            return Promise.all(appends.map((append) => store.append([append], log.now)()))
          }),
        )
        const events = (await one.log.all()).filter(({ position }) => position > start)
        const identities = events.map(({ identity }) => identity)
        expect(new Set(identities).size).toBe(identities.length)
        for (const stream of new Set(events.map((event) => event.stream))) {
          const revisions = events.filter((event) => event.stream === stream).map(({ revision }) => revision)
          expect(revisions).toEqual(revisions.map((_, index) => BigInt(index)))
        }
        const taken: AppendOutcome[] = []
        for (const answer of outcomes.flat()) {
          if (isLeft(answer)) throw new Error(answer.left.message)
          taken.push(...answer.right)
        }
        const appended = taken.flatMap((outcome) => (outcome.outcome === 'appended' ? [outcome.position] : []))
        expect(new Set(appended).size).toBe(appended.length)
        for (const position of appended) expect(events.some((event) => event.position === position)).toBe(true)
        for (const event of events) expect(await other.store.find(event.identity)).toEqual(event)
      }),
      { numRuns: 60 },
    )
  }, 240_000)

  it("get out of each other's way, each claiming what the other appends to", async () => {
    const [one, other] = await openTwo()
    const { log } = one
    for (let round = 0; round < 30; round++) {
      const [s, t] = [`s${round}`, `t${round}`]
      const answers = await Promise.all([
        one.store.append([log.to(s, 'any', log.event(t), log.event(`x${round}`))], log.now)(),
        other.store.append([log.to(t, 'any', log.event(s), log.event(`y${round}`))], log.now)(),
      ])
      for (const answer of answers) expect(answer).toMatchObject({ right: [{ outcome: 'appended' }] })
    }
    expect(await log.all()).toHaveLength(120)
  })

  /** The first writer loses its server after the claims; of its append there is nothing. */
  const halfDone = async () => {
    const [one, other] = await openTwo()
    const { log, double } = one
    const append = log.to('s', 'no-stream', log.event('x'), log.event('y'))
    double.faults.appends.push('none', 'none', ...Array.from({ length: 6 }, () => 'unavailable' as const))
    expect(await one.store.append([append], log.now)()).toEqual(
      left({ tag: 'store-unavailable', message: expect.any(String) }),
    )
    expect(double.log.stream(serverStream(log.name('x')))).toHaveLength(1)
    expect(double.log.stream(serverStream(log.name('s')))).toHaveLength(0)
    expect(await log.all()).toEqual([])
    return { one, other, log, double, append }
  }

  it('finish an append that was left half done when it is repeated, with the claims it had', async () => {
    const { other, log, double, append } = await halfDone()
    expect(await other.store.append([append], log.now)()).toMatchObject({
      right: [{ outcome: 'appended', revision: 1n }],
    })
    expect((await log.all()).map(({ id }) => id)).toEqual(['evt-x', 'evt-y'])
    expect(double.log.stream(serverStream(log.name('x')))).toHaveLength(1)
    expect(other.timing.delays).toEqual([])
  })

  it('wait for a claim, and make it void when nothing comes of it', async () => {
    const { one, other, log, append } = await halfDone()
    const elsewhere = log.to('t', 'no-stream', log.event('x', 'other'))
    expect(await other.store.append([elsewhere], log.now)()).toMatchObject({
      right: [{ outcome: 'appended', revision: 0n }],
    })
    expect(other.timing.delays).toEqual([70, 140, 280, 560])
    const [taken] = await log.all()
    expect(taken).toMatchObject({ stream: log.name('t'), identity: log.name('x') })
    // Whoever had claimed it first learns that it came too late, and its stream is as empty as it was.
    expect(await one.log.append(append)).toEqual([{ outcome: 'conflict', offered: append.events[0], existing: taken }])
    expect(await log.stream('s')).toEqual([])
    expect(await one.log.append(log.to('s', 'no-stream', log.event('y'), log.event('z')))).toMatchObject([
      { outcome: 'appended', revision: 1n },
    ])
    expect((await log.stream('s')).map(({ id, revision }) => [id, revision])).toEqual([
      ['evt-y', 0n],
      ['evt-z', 1n],
    ])
    expect(await log.stream('s', 1n)).toMatchObject([{ id: 'evt-z' }])
  })

  it('take a fact whose identity was claimed in vain', async () => {
    const { other, log } = await halfDone()
    expect(await other.store.append([log.fact('x', 'a fact')], log.now)()).toMatchObject({
      right: [{ outcome: 'appended', revision: 0n }],
    })
    expect(await log.all()).toMatchObject([{ stream: log.name('x'), identity: log.name('x'), revision: 0n }])
    expect(await log.append(log.fact('x', 'a fact'))).toMatchObject([{ outcome: 'duplicate' }])
  })
})
