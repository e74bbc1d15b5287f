import type { RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChain } from './chain.ts'
import { eventsOf, readFrom } from './fixtures.ts'
import { openSeals, type Seals } from './seals.ts'
import { verifyChain } from './verify.ts'

const stretch = 5

async function sealed(log: readonly RecordedEvent[], reasonAt: readonly number[] = []): Promise<Seals> {
  const seals = openSeals(':memory:')
  let known: readonly RecordedEvent[] = []
  const chain = createChain({
    store: { readAll: (after) => readFrom(known).readAll(after) },
    seals,
    clock: () => 5,
    stretch,
  })
  for (const count of reasonAt) {
    known = log.slice(0, count)
    await chain.seal('payout')
  }
  known = log
  await chain.catchUp()
  return seals
}

const verified = (log: readonly RecordedEvent[], seals: Seals, published: { position: bigint; hash: string }[] = []) =>
  verifyChain({ store: readFrom(log, 3), seals, published })

/** Each changes one event in one way. */
const changes: readonly ((event: RecordedEvent) => RecordedEvent)[] = [
  (event) => ({ ...event, data: event.data.replace('A', 'B') }),
  (event) => ({ ...event, contentHash: event.contentHash.replace('c', 'd') }),
  (event) => ({ ...event, time: event.time + 1 }),
  (event) => ({ ...event, recordedAt: event.recordedAt - 1 }),
  (event) => ({ ...event, identity: `${event.identity}x` }),
  (event) => ({ ...event, stream: `${event.stream}x` }),
  (event) => ({ ...event, revision: event.revision + 1n }),
  (event) => ({ ...event, type: 'vouch.share.v1' }),
  (event) => ({ ...event, programId: 'q' }),
  (event) => ({ ...event, source: 't' }),
  (event) => ({ ...event, id: `${event.id}x` }),
  (event) => ({ ...event, extensions: '{"x":true}' }),
]

const sizes = fc.integer({ min: 2, max: 23 })
/** Everything up to the last seal is held by one. */
const sealedPart = (size: number) => size - (size % stretch)

describe('a log held against its seals', () => {
  it('is as it was when it was sealed before its first event', async () => {
    const log = eventsOf(7)
    const seals = await sealed(log, [0])
    expect([...seals.list()][0]).toMatchObject({ position: 0n, count: 0, reason: 'payout' })
    expect(await verified(log, seals)).toMatchObject({ seals: 2, tampered: undefined })
    expect((await verified(log, seals, [{ position: 0n, hash: 'f'.repeat(64) }])).tampered).toBeDefined()
  })

  it('is as it was when nothing was changed, with seals for a reason and from elsewhere too', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.boolean(), async (size, at, gaps) => {
        const log = eventsOf(size, gaps ? 9n : 1n)
        const seals = await sealed(log, [1 + (at % size)])
        const published = [...seals.list()].map(({ position, hash }) => ({ position, hash }))
        const verdict = await verified(log, seals, published)
        expect(verdict).toStrictEqual({
          now: expect.objectContaining({ count: size, position: log.at(-1)?.position }),
          seals: 2 * published.length,
          tampered: undefined,
        })
        seals.close()
      }),
    )
  })

  it('names the first position at which anything of an event was changed', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.constantFrom(...changes), async (size, at, change) => {
        fc.pre(size >= stretch)
        const log = eventsOf(size)
        const seals = await sealed(log)
        const index = at % sealedPart(size)
        const { tampered } = await verified(log.with(index, change(log[index] as RecordedEvent)), seals)
        expect(tampered).toStrictEqual({
          position: BigInt(index + 1),
          says: `The event at position ${index + 1} is not what it was when the log was sealed.`,
        })
        seals.close()
      }),
    )
  })

  it('names the position of an event that was taken out, and the first of two that changed places', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (size, at) => {
        fc.pre(size > stretch)
        const log = eventsOf(size)
        const seals = await sealed(log)
        const index = at % (sealedPart(size) - 1)
        const without = await verified(log.toSpliced(index, 1), seals)
        expect(without.tampered?.position).toBe(BigInt(index + 1))
        const [one, two] = [log[index], log[index + 1]] as [RecordedEvent, RecordedEvent]
        const swapped = log
          .with(index, { ...two, position: one.position })
          .with(index + 1, { ...one, position: two.position })
        expect((await verified(swapped, seals)).tampered?.position).toBe(BigInt(index + 1))
        seals.close()
      }),
    )
  })

  it('names the place of an event that was slipped in where positions leave room', async () => {
    const log = eventsOf(10, 10n)
    const seals = await sealed(log)
    const stranger = { ...(log[3] as RecordedEvent), position: 35n, identity: 'event:s:stranger' }
    const { tampered } = await verified(log.toSpliced(3, 0, stranger), seals)
    expect(tampered).toStrictEqual({
      position: 31n,
      says: 'What the log had next after position 30 when it was sealed is not there; now the next is at 35.',
    })
    seals.close()
  })

  it('may not end before the last seal', async () => {
    const log = eventsOf(12)
    const seals = await sealed(log)
    expect((await verified(log.slice(0, 10), seals)).tampered).toBe(undefined)
    expect((await verified(log.slice(0, 7), seals)).tampered).toStrictEqual({
      position: 8n,
      says: 'The log ends at position 7, but it was sealed up to 10.',
    })
    expect((await verified([], seals)).tampered?.position).toBe(1n)
    seals.close()
  })

  it('names the event at which it was sealed when that is gone and nothing else tells', async () => {
    const log = eventsOf(12)
    const seals = await sealed(log)
    const { tampered } = await verified(log.toSpliced(9, 1), { ...seals, marks: () => undefined })
    expect(tampered).toStrictEqual({
      position: 10n,
      says: 'The event at position 10, at which the log was sealed, is gone; the one before it is at 9.',
    })
    seals.close()
  })

  it('tells between which seals, where only seals are left', async () => {
    const log = eventsOf(12)
    const seals = await sealed(log)
    const changed = log.with(6, (changes[0] as (typeof changes)[number])(log[6] as RecordedEvent))
    const { tampered } = await verified(changed, { ...seals, marks: () => undefined })
    expect(tampered).toStrictEqual({
      position: 10n,
      after: 5n,
      says: 'An event between positions 6 and 10 is not what it was when the log was sealed.',
    })
    seals.close()
  })

  it('is held to a seal from elsewhere when its own were made anew for what was changed', async () => {
    const log = eventsOf(12)
    const printed = [...(await sealed(log, [8])).list()].find(({ reason }) => reason === 'payout')
    if (!printed) throw new Error('no seal was made')
    const changed = log.with(2, (changes[0] as (typeof changes)[number])(log[2] as RecordedEvent))
    const forged = await sealed(changed)
    expect((await verified(changed, forged)).tampered).toBe(undefined)
    expect((await verified(changed, forged, [printed])).tampered).toStrictEqual({
      position: 8n,
      after: 0n,
      says: 'An event between positions 1 and 8 is not what it was when the log was sealed.',
    })
  })
})
