import type { RecordedEvent } from '@vouch/event-store'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChain } from './chain.ts'
import { entryText, nextHash, noHash } from './entry.ts'
import { eventsOf, readFrom } from './fixtures.ts'
import { openSeals, type Seal, type Seals } from './seals.ts'

/** By the definition alone. */
function sealOf(events: readonly RecordedEvent[], count: number): Seal {
  const hash = events
    .slice(0, count)
    .reduce((before, event, index) => nextHash(before, entryText(event, index + 1)), noHash)
  return { position: events[count - 1]?.position ?? 0n, count, hash }
}

const listed = (seals: Seals): Seal[] => [...seals.list()].map(({ sealedAt: _at, ...seal }) => seal)

/** Gives a reading that goes on behind as many turns of the loop as the longest log here takes. */
async function readToTheEnd(): Promise<void> {
  for (let batch = 0; batch <= 40 / 4 + 1; batch++) await new Promise((resolve) => setImmediate(resolve))
}

describe('the chain', () => {
  it('makes a seal every so many events, whoever read them, in whatever pieces, with gaps and repeats', async () => {
    const offers = fc.array(fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 40 })), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 40 }),
        offers,
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (size, pieces, stretch, gaps) => {
          const log = eventsOf(size, gaps ? 7n : 1n)
          const seals = openSeals(':memory:')
          const chain = () => createChain({ store: readFrom(log, 4), seals, clock: () => 5, stretch })
          let current = chain()
          for (const [from, length] of pieces) {
            const after = log[from - 1]?.position ?? 0n
            current.offer(log.slice(from, from + length), after)
            await readToTheEnd()
            // As after a restart: what was not sealed is read again.
            if (length % 3 === 0) current = chain()
          }
          expect(await current.catchUp()).toStrictEqual(sealOf(log, log.length))
          const counts = Array.from({ length: Math.floor(log.length / stretch) }, (_, index) => (index + 1) * stretch)
          expect(listed(seals)).toStrictEqual(counts.map((count) => sealOf(log, count)))
          seals.close()
        },
      ),
    )
  })

  it('seals for a reason up to the head, besides', async () => {
    const log = eventsOf(5)
    const seals = openSeals(':memory:')
    const chain = createChain({ store: readFrom(log), seals, clock: () => 5, stretch: 3 })
    expect(await chain.seal('payout b-1')).toStrictEqual({ ...sealOf(log, 5), reason: 'payout b-1' })
    expect([...seals.list()]).toStrictEqual([
      { ...sealOf(log, 3), sealedAt: 5 },
      { ...sealOf(log, 5), reason: 'payout b-1', sealedAt: 5 },
    ])
    expect(seals.newest()).toStrictEqual(sealOf(log, 3))
    seals.close()
  })

  it('is taken up where it was when a seal could not be kept', async () => {
    const log = eventsOf(7)
    const seals = openSeals(':memory:')
    let full = true
    const failing: Seals = {
      ...seals,
      add(...args) {
        if (full) throw new Error('the disk is full')
        seals.add(...args)
      },
    }
    const chain = createChain({ store: readFrom(log), seals: failing, clock: () => 5, stretch: 3 })
    chain.offer(log, 0n)
    await expect(chain.catchUp()).rejects.toThrow('the disk is full')
    full = false
    expect(await chain.catchUp()).toStrictEqual(sealOf(log, 7))
    expect(listed(seals)).toStrictEqual([sealOf(log, 3), sealOf(log, 6)])
    seals.close()
  })

  it('gives a log the same hashes in a store that counts positions otherwise', () => {
    expect(sealOf(eventsOf(9, 1n), 9).hash).toBe(sealOf(eventsOf(9, 100n), 9).hash)
  })
})
