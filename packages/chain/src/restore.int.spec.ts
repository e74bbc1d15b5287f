import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventStore, openMemoryStore, openSqliteStore } from '@vouch/event-store'
import { openEventStoreDb } from '@vouch/event-store/eventstoredb'
import { startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { archiveOf, restoreFrom } from './archive-fixtures.ts'
import { aLog, movedFrom, type Told, tell } from './log.arbitraries.ts'

interface Opened {
  readonly store: EventStore
  readonly countsPositions: boolean
  close(): Promise<void>
}

async function onSqlite(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'vouch-chain-'))
  const opened = openSqliteStore({ path: join(folder, 'log.db') })
  if (isLeft(opened)) throw new Error(opened.left.message)
  const store = opened.right
  const close = async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  }
  return { store, countsPositions: true, close }
}

async function onDouble(): Promise<Opened> {
  const double = await startEventStoreDbDouble()
  const store = openEventStoreDb({ connectionString: double.connectionString })
  const close = async () => {
    await store.close()
    await double.stop()
  }
  return { store, countsPositions: false, close }
}

async function sourceOf(told: Told) {
  const store = openMemoryStore()
  await tell(store, told)
  return { store, archive: await archiveOf(store) }
}

/** Of several batches, the times of recording a few to each. */
const manyFacts: Told = Array.from({ length: 2_500 }, (_, index) => {
  const identity = `event:${index}`
  const [contentHash, data] = [index.toString(16).padStart(64, '0'), `{"n":${index}}`]
  const event = { identity, contentHash, data, type: 'vouch.click.v1', programId: 'p', source: 's', id: `${index}` }
  const append = { stream: identity, expectedRevision: 'no-stream' as const, events: [{ ...event, time: index }] }
  return { append, recordedAt: 5_000 + Math.floor(index / 3) }
})

describe.each([
  ['SQLite', onSqlite],
  ['EventStoreDB (a DOUBLE of it)', onDouble],
])('a log that is moved to %s', (_store, open) => {
  it('has the same events in the same order with the same times of recording', () =>
    fc.assert(
      fc.asyncProperty(aLog(8), async (told) => {
        const { store, archive } = await sourceOf(told)
        const to = await open()
        try {
          expect(await restoreFrom(archive, to.store, to)).toMatchObject({ appended: told.length })
          expect(await movedFrom(to.store)).toEqual(await movedFrom(store))
          const back = openMemoryStore()
          await restoreFrom(await archiveOf(to.store), back)
          expect(await archiveOf(back)).toBe(archive)
        } finally {
          await to.close()
        }
      }),
      { numRuns: 12 },
    ))

  it('goes on where it was stopped in the middle', async () => {
    const { store, archive } = await sourceOf(manyFacts)
    const to = await open()
    try {
      const stopping = new AbortController()
      const stopped = restoreFrom(archive, to.store, {
        ...to,
        signal: stopping.signal,
        onProgress: (phase) => phase === 'appending' && stopping.abort(),
      })
      await expect(stopped).rejects.toThrow('aborted')
      expect(await restoreFrom(archive, to.store, to)).toMatchObject({ read: 2_500, present: 1_000, appended: 1_500 })
      expect(await movedFrom(to.store)).toEqual(await movedFrom(store))
    } finally {
      await to.close()
    }
  })
})

describe('a log that is moved to EventStoreDB (a DOUBLE of it)', () => {
  it('keeps its order where the server breaks off in between', async () => {
    const { archive } = await sourceOf(manyFacts)
    const double = await startEventStoreDbDouble()
    const sound = (length: number) => Array.from({ length }, () => 'none' as const)
    double.faults.appends.push(...sound(9), 'answer-lost', ...sound(4), 'timeout', ...sound(700), 'unavailable')
    const store = openEventStoreDb({ connectionString: double.connectionString })
    try {
      expect(await restoreFrom(archive, store, { countsPositions: false })).toMatchObject({ appended: 2_500 })
    } finally {
      await store.close()
      await double.stop()
    }
  })
})
