import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Append, AppendOutcome, ExpectedRevision, RecordedEvent } from '../port.ts'
import { collect, type Log, logOn, type OpenedStore, type OpenStore, positionOf, present } from './harness.ts'
import { asModelOutcome, ModelLog } from './model.ts'

/** Few names for many appends, and the same ones for streams and identities, so that everything meets everything. */
const names = ['a', 'b', 'c', 'd'] as const
const contents = ['one', 'two'] as const

interface AppendPlan {
  readonly stream: string
  readonly expectedRevision: ExpectedRevision
  readonly events: ReadonlyArray<{ readonly name: string; readonly content: string }>
}

interface CallPlan {
  readonly recordedAfterMs: number
  readonly appends: readonly AppendPlan[]
}

const appendPlan: fc.Arbitrary<AppendPlan> = fc.record({
  stream: fc.constantFrom(...names),
  expectedRevision: fc.constantFrom<ExpectedRevision>('no-stream', 'any', 'any', -1n, 0n, 1n, 2n),
  events: fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...names, 'e', 'f', 'g'), content: fc.constantFrom('one', ...contents) }),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  ),
})

const callPlans = fc.array(
  fc.record({ recordedAfterMs: fc.integer({ min: -5, max: 5 }), appends: fc.array(appendPlan, { maxLength: 4 }) }),
  { maxLength: 8 },
)

const facts = (log: Log, count: number, from = 0): Append[] =>
  Array.from({ length: count }, (_, index) => log.fact(`f${from + index}`))

const identities = (events: readonly RecordedEvent[]): string[] => events.map(({ identity }) => identity)

export const describeProperties = (open: OpenStore): void => {
  describe('for any appends', () => {
    let opened: OpenedStore | undefined
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened?.dispose())
    // Every run has names of its own and looks only at what came after it began.
    const newLog = () => logOn(present(opened, 'an open store').store)

    const appendsOf = (log: Log, plan: CallPlan): Append[] =>
      plan.appends.map(({ stream, expectedRevision, events }) =>
        log.to(stream, expectedRevision, ...events.map(({ name, content }) => log.event(name, content))),
      )

    const call = async (log: Log, plan: CallPlan): Promise<readonly AppendOutcome[]> => {
      const answer = await log.store.append(appendsOf(log, plan), log.now + plan.recordedAfterMs)()
      if (isLeft(answer)) throw new Error(answer.left.message)
      return answer.right
    }

    it('outcomes, order, revisions and positions are those of a list', async () => {
      await fc.assert(
        fc.asyncProperty(callPlans, fc.boolean(), async (plans, concurrently) => {
          const log = await newLog()
          const outcomes: (readonly AppendOutcome[])[] = []
          if (concurrently) outcomes.push(...(await Promise.all(plans.map((plan) => call(log, plan)))))
          else for (const plan of plans) outcomes.push(await call(log, plan))

          const model = new ModelLog()
          const expected = plans.map((plan) => appendsOf(log, plan).map((append) => model.append(append)))
          const events = await log.all()
          const positions = events.map(({ position }) => position)
          expect(outcomes.map((answer) => answer.map((outcome) => asModelOutcome(outcome, positions)))).toEqual(
            expected,
          )
          expect(
            events.map(({ identity, contentHash, stream, revision }) => ({ identity, contentHash, stream, revision })),
          ).toEqual(model.events)
          expect(positions).toEqual([...positions].sort((a, b) => (a < b ? -1 : 1)))
          expect(await log.store.head()).toBe(positions.at(-1) ?? log.start)

          for (const name of names) {
            const ofStream = events.filter((event) => event.stream === log.name(name))
            for (const from of [0n, 1n, 2n]) expect(await log.stream(name, from)).toEqual(ofStream.slice(Number(from)))
            expect(await log.store.find(log.name(name))).toEqual(
              events.find(({ identity }) => identity === log.name(name)),
            )
          }
        }),
        { numRuns: 150 },
      )
    })

    it('recorded times are those given, raised to the newest before them', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: -20, max: 20 }), { maxLength: 12 }), async (offsets) => {
          const log = await newLog()
          for (const [index, offset] of offsets.entries()) {
            await log.store.append(facts(log, 1, index), log.now + offset)()
          }
          const expected = offsets.map((_, index) => Math.max(0, ...offsets.slice(0, index + 1)))
          const first = await log.all()
          // The newest event before this run had a time of its own, at most `now`.
          const recorded = first.map(({ recordedAt }) => Math.max(0, recordedAt - log.now))
          expect(recorded).toEqual(expected)
        }),
        { numRuns: 40 },
      )
    })

    it('delivering them again changes nothing', async () => {
      await fc.assert(
        fc.asyncProperty(callPlans, async (plans) => {
          const log = await newLog()
          const delivered: { append: Append; outcome: AppendOutcome }[] = []
          for (const plan of plans) {
            const outcomes = await call(log, plan)
            for (const [index, append] of appendsOf(log, plan).entries()) {
              delivered.push({ append, outcome: present(outcomes[index], 'an outcome for each append') })
            }
          }
          // One that came too early for its expected revision may fit by now; it has not been taken, so it is no repetition.
          const answered = delivered.filter(({ outcome }) => outcome.outcome !== 'wrong-revision')
          const before = await log.all()
          expect(await log.append(...answered.map(({ append }) => append))).toEqual(
            answered.map(({ outcome }) =>
              outcome.outcome === 'conflict'
                ? { outcome: 'conflict', offered: expect.anything(), existing: expect.anything() }
                : { outcome: 'duplicate', position: positionOf(outcome) },
            ),
          )
          expect(await log.all()).toEqual(before)
        }),
        { numRuns: 60 },
      )
    })

    it('reading from any position gives what comes after it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: 12 }), fc.integer({ min: 1, max: 14 }), async (count, batchSize) => {
          const log = await newLog()
          await log.append(...facts(log, count))
          const all = await log.all()
          expect(identities(all)).toEqual(facts(log, count).map(({ stream }) => stream))
          for (const [index, { position }] of all.entries()) {
            const suffix = (await collect(log.store.readAll(position, batchSize))).flat()
            expect(suffix).toEqual(all.slice(index + 1))
          }
        }),
        { numRuns: 40 },
      )
    })

    it('a subscription sees each event exactly once, in order, while appends go on', async () => {
      const runs = fc.record({
        before: fc.nat({ max: 6 }),
        skipped: fc.nat({ max: 6 }),
        batchSize: fc.integer({ min: 1, max: 4 }),
        // Sizes of the calls that are made while it reads; it takes a batch before each call that says so.
        calls: fc.array(fc.record({ size: fc.integer({ min: 1, max: 3 }), readsFirst: fc.boolean() }), {
          maxLength: 8,
        }),
      })
      await fc.assert(
        fc.asyncProperty(runs, async ({ before, skipped, batchSize, calls }) => {
          const log = await newLog()
          await log.append(...facts(log, before))
          const after = (await log.all())[Math.min(skipped, before) - 1]?.position ?? log.start
          const abort = new AbortController()
          const seen: RecordedEvent[] = []
          let oneMoreBatch = Promise.withResolvers<void>()
          const reading = (async () => {
            for await (const batch of log.store.subscribe(after, abort.signal, batchSize)) {
              expect(batch.length).toBeGreaterThan(0)
              expect(batch.length).toBeLessThanOrEqual(batchSize)
              seen.push(...batch)
              oneMoreBatch.resolve()
              if (batch.at(-1)?.identity === log.name('last')) abort.abort()
            }
          })()
          let count = before
          for (const { size, readsFirst } of calls) {
            oneMoreBatch = Promise.withResolvers()
            const appended = log.append(...facts(log, size, count))
            count += size
            await appended
            if (readsFirst) await oneMoreBatch.promise
          }
          await log.append(log.fact('last'))
          await reading
          const all = await log.all()
          expect(all).toHaveLength(count + 1)
          expect(seen).toEqual(all.filter(({ position }) => position > after))
        }),
        { numRuns: 60 },
      )
    })
  })
}
