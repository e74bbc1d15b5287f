import { type EventStore, openMemoryStore } from '@vouch/event-store'
import fc from 'fast-check'
import { left } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { archiveOf, noSeals, restoreFrom } from './archive-fixtures.ts'
import { createChain } from './chain.ts'
import { entryText, nextHash, noHash } from './entry.ts'
import { eventsOf } from './fixtures.ts'
import { aLog, movedFrom, type Told, tell } from './log.arbitraries.ts'
import { ArchiveBroken } from './read-archive.ts'
import { NotRestored } from './restore.ts'
import type { Seal } from './seals.ts'

/** The same nine each time. */
const nine: Told = fc.sample(aLog(9, 9), { numRuns: 1, seed: 1 })[0] ?? []

async function storeWith(told: Told): Promise<EventStore> {
  const store = openMemoryStore()
  await tell(store, told)
  return store
}

describe('a log that is exported and imported', () => {
  it('has the same events in the same order with the same times of recording, wherever the file is cut in pieces', () =>
    fc.assert(
      fc.asyncProperty(aLog(12), fc.integer({ min: 1, max: 400 }), async (told, chunkBytes) => {
        const from = await storeWith(told)
        const archive = await archiveOf(from)
        const to = openMemoryStore()
        const restored = await restoreFrom(archive, to, { chunkBytes })
        expect(await movedFrom(to)).toEqual(await movedFrom(from))
        expect(await archiveOf(to)).toBe(archive)
        const { hash } = await createChain({
          store: from,
          seals: { ...noSeals, newest: () => start },
          clock: () => 0,
        }).catchUp()
        expect(restored).toEqual({ read: told.length, appended: told.length, present: 0, hash })
      }),
    ))

  it('goes on where an import was interrupted, and does nothing the next time', () =>
    fc.assert(
      fc.asyncProperty(aLog(12), fc.nat({ max: 12 }), async (told, wanted) => {
        const archive = await archiveOf(await storeWith(told))
        const present = Math.min(wanted, told.length)
        const to = await storeWith(told.slice(0, present))
        expect(await restoreFrom(archive, to)).toMatchObject({ appended: told.length - present, present })
        expect(await archiveOf(to)).toBe(archive)
        expect(await restoreFrom(archive, to)).toMatchObject({ appended: 0, present: told.length })
      }),
    ))

  it('is cut at the head as of when the export began', async () => {
    const store = await storeWith(nine)
    const short = await storeWith(nine.slice(0, 4))
    const grown = { ...store, head: async () => 4n }
    expect(await archiveOf(grown)).toBe(await archiveOf(short))
  })
})

const start: Seal = { position: 0n, count: 0, hash: noHash }

describe('a file that is not what was exported', () => {
  const told = nine
  const lines = async () => (await archiveOf(await storeWith(told))).trimEnd().split('\n')
  const refusal = async (changed: string | Buffer): Promise<string> => {
    const to = openMemoryStore()
    const error = await restoreFrom(changed, to).then(
      () => expect.unreachable('it was taken'),
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ArchiveBroken)
    expect(await to.head(), 'nothing is appended').toBe(0n)
    return (error as Error).message
  }
  const joined = (changed: readonly string[]) => `${changed.join('\n')}\n`
  const again = 'Export the log again, or take another copy of the file.'

  it('is refused wherever it is cut off', async () => {
    const whole = joined(await lines())
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: Buffer.byteLength(whole) - 2 }), async (length) => {
        await refusal(Buffer.from(whole).subarray(0, length))
      }),
    )
    expect(await refusal('')).toBe('The file is empty; give one that vouch log export has written.')
    const cut = (await lines()).slice(0, 4)
    expect(await refusal(joined(cut))).toBe(
      `The file ends after line 4 without its closing line: it was cut off. ${again}`,
    )
    expect(await refusal(joined(cut).slice(0, -9))).toBe(`Line 4 is no line of an exported log. ${again}`)
  })

  it('is refused whichever byte of it was changed', async () => {
    const whole = Buffer.from(joined(await lines()))
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 2 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] as number) ^ by
        await refusal(changed)
      }),
    )
  })

  it.each<[string, (all: readonly string[]) => readonly string[], string]>([
    [
      'without a header',
      (all) => all.slice(1),
      'Line 1 is not the header of an exported log; give a file that vouch log export has written.',
    ],
    [
      'of something else',
      () => ['id,amount', '1,2'],
      'Line 1 is not the header of an exported log; give a file that vouch log export has written.',
    ],
    [
      'of a later version',
      (all) => all.with(0, (all[0] as string).replace('"vouchLog":1', '"vouchLog":2')),
      'The file is an exported log of version 2, and this vouch reads version 1: use the vouch that wrote it, or a newer one.',
    ],
    [
      'with a header that was changed',
      (all) => all.with(0, (all[0] as string).replace('"by":"vouch"', '"by":"other"')),
      `Line ${told.length + 2} closes another file than this: something before it was changed. ${again}`,
    ],
    [
      'with an event that was changed',
      (all) => all.with(3, (all[3] as string).replace('"recordedAt":', '"recordedAt":1')),
      `Line 4 is not what was exported: its hash is another one. ${again}`,
    ],
    [
      'with a position that was changed',
      (all) => all.with(3, (all[3] as string).replace('"position":3', '"position":30')),
      `Line ${told.length + 2} closes another file than this: something before it was changed. ${again}`,
    ],
    [
      'with a line missing',
      (all) => all.toSpliced(3, 1),
      `Line 4 holds event 4 of the log where 3 comes: a line is missing, was moved or stands twice. ${again}`,
    ],
    [
      'with a line twice',
      (all) => all.toSpliced(3, 0, all[3] as string),
      `Line 5 holds event 3 of the log where 4 comes: a line is missing, was moved or stands twice. ${again}`,
    ],
    [
      'with two lines exchanged',
      (all) => all.with(3, all[4] as string).with(4, all[3] as string),
      `Line 4 holds event 4 of the log where 3 comes: a line is missing, was moved or stands twice. ${again}`,
    ],
    [
      'with a line of something else',
      (all) => all.with(3, '{"id":"x"}'),
      `Line 4 is no line of an exported log. ${again}`,
    ],
    [
      'with the last event missing',
      (all) => all.toSpliced(-2, 1),
      `Line ${told.length + 1} says that there are ${told.length} events, but ${told.length - 1} came before it: lines are missing. ${again}`,
    ],
    [
      'that goes on',
      (all) => [...all, ...all],
      `Line ${told.length + 3} comes after the closing line, where nothing may come. ${again}`,
    ],
  ])('is refused %s', async (_what, change, says) => {
    expect(await refusal(joined(change(await lines())))).toBe(says)
  })

  it('is refused where it is no text', async () => {
    const whole = Buffer.from(joined((await lines()).slice(0, 4)))
    whole[whole.length - 4] = 0xff
    expect(await refusal(whole)).toBe(`Line 4 is no text in UTF-8. ${again}`)
  })

  it('is refused with events that were recorded in no order, or that are none, whatever their hashes', async () => {
    const [header = ''] = await lines()
    const [first, second] = eventsOf(2)
    const made = (entries: readonly string[]) => {
      let hash = noHash
      return joined([
        header,
        ...entries.map((entry, index) => {
          hash = nextHash(hash, entry)
          return `{"position":${index + 1},"hash":"${hash}","entry":${entry}}`
        }),
      ])
    }
    if (!first || !second) return expect.unreachable()
    const back = entryText({ ...second, recordedAt: first.recordedAt - 1 }, 2)
    expect(await refusal(made([entryText(first, 1), back]))).toBe(
      `Line 3 was recorded before the line above it, which no log can keep. ${again}`,
    )
    for (const entry of [
      entryText(first, 1).replace('"time":', '"time": '),
      entryText(first, 1).replace('"data":{', '"data":{},"data":{'),
      entryText(first, 1).replace('"recordedAt":2000', '"recordedAt":2000.5'),
      entryText(first, 1).replace('"id":"0"', '"id":0'),
      '[]',
    ])
      expect(await refusal(made([entry])), entry).toBe(`Line 2 is no line of an exported log. ${again}`)
  })
})

describe('a log that is not empty', () => {
  const told = nine
  const refusal = async (to: EventStore, more: Parameters<typeof restoreFrom>[2] = {}) => {
    const before = await archiveOf(to)
    const archive = await archiveOf(await storeWith(told))
    const error = await restoreFrom(archive, to, more).then(
      () => expect.unreachable('it was taken'),
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(NotRestored)
    expect(await archiveOf(to), 'nothing is appended').toBe(before)
    return (error as Error).message
  }

  it('takes no other log, and says where the two part', async () => {
    const late = told.map((it, index) => (index === 2 ? { ...it, recordedAt: it.recordedAt + 60_000 } : it))
    expect(await refusal(await storeWith(late))).toMatch(
      /^The log is not empty: at position 3 it has vouch\.click\.v1 .* recorded 1970-01-01T00:01:01\.\d+Z, and line 4 of the file has vouch\.click\.v1 .* The 2 before it agree\. An exported log goes into an empty one; name another folder with --data\.$/s,
    )
    expect(await refusal(await storeWith(told.slice(1)))).toMatch(/^The log is not empty: at position 1 it has /)
  })

  it('takes no log that it goes beyond', async () => {
    const extra = fc.sample(aLog(12, 12), { numRuns: 1, seed: 2 })[0]
    const to = await storeWith([
      ...told,
      { append: { ...lastOf(extra), stream: 'other', expectedRevision: 'any' }, recordedAt: 9_000 },
    ])
    expect(await refusal(to)).toMatch(
      new RegExp(
        `^The log has all ${told.length} events of the file and goes on, at position ${told.length + 1} with `,
      ),
    )
  })

  it('takes none beside seals of another log or another store', async () => {
    const archive = await archiveOf(await storeWith(told))
    const hash = /"position":2,"hash":"([^"]+)"/.exec(archive)?.[1] ?? ''
    const beside = (seal: Seal) => ({ seals: { ...noSeals, list: () => [{ ...seal, sealedAt: 0 }] } })
    expect(await refusal(openMemoryStore(), beside({ position: 2n, count: 2, hash: noHash }))).toBe(
      `The folder has a seal of another log or another store (2:${noHash}). Import into a folder without seals.db: it is made anew there, with the same hashes.`,
    )
    expect(await refusal(openMemoryStore(), beside({ position: 900n, count: 2, hash }))).toMatch(
      /^The folder has a seal/,
    )
    expect(await refusal(openMemoryStore(), beside({ position: 99n, count: 99, hash }))).toMatch(
      /^The folder has a seal/,
    )
    const ofServer = { ...beside({ position: 2n, count: 2, hash }), countsPositions: false }
    expect(await refusal(openMemoryStore(), ofServer)).toMatch(/^The folder has a seal/)
    expect(await restoreFrom(archive, openMemoryStore(), beside(start))).toMatchObject({ appended: told.length })
    const own = beside({ position: 2n, count: 2, hash })
    expect(await restoreFrom(archive, openMemoryStore(), own)).toMatchObject({ appended: told.length })
  })

  it('is noticed when somebody else writes to it meanwhile', async () => {
    const archive = await archiveOf(await storeWith(told))
    const beside = async (identity: string) => {
      const to = openMemoryStore()
      const { events } = lastOf(told)
      const append = {
        stream: 'x',
        expectedRevision: 'any',
        events: events.map((it) => ({ ...it, identity })),
      } as const
      let isDone = false
      const busy: EventStore = {
        ...to,
        append: (appends, at) => async () => {
          if (!isDone) await to.append([append], 1)()
          isDone = true
          return to.append(appends, at)()
        },
      }
      await restoreFrom(archive, busy)
    }
    await expect(beside(lastOf(told).events[0]?.identity ?? '')).rejects.toThrow(
      /^Line 10 of the file did not get its place in the log \(duplicate\): somebody else writes to it, /,
    )
    await expect(beside('of somebody else')).rejects.toThrow(
      /^After the import the log is not what the file says: it has 10 /,
    )
  })

  it('is read back, whatever the store said of what it was given', async () => {
    const to = openMemoryStore()
    const late: EventStore = { ...to, append: (appends, at) => to.append(appends, at + 1) }
    await expect(restoreFrom(await archiveOf(await storeWith(told)), late)).rejects.toThrow(
      /^After the import the log is not what the file says: it has 9 events with the hash [0-9a-f]{64}, and the file 9 with [0-9a-f]{64}\. See that nobody else writes to it, and import into an empty log\.$/,
    )
  })

  it('goes on after a store that failed', async () => {
    const to = openMemoryStore()
    const full = { tag: 'store-full', message: 'The disk is full.' } as const
    const archive = await archiveOf(await storeWith(told))
    const failing: EventStore = { ...to, append: () => async () => left(full) }
    await expect(restoreFrom(archive, failing)).rejects.toMatchObject({ name: 'StoreError', failure: full })
    expect(await restoreFrom(archive, to)).toMatchObject({ appended: told.length, present: 0 })
  })

  it('is left alone when it is stopped', async () => {
    const to = openMemoryStore()
    const archive = await archiveOf(await storeWith(told))
    await expect(restoreFrom(archive, to, { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    expect(await to.head()).toBe(0n)
  })
})

function lastOf(told: Told | undefined) {
  const last = told?.at(-1)
  if (!last) throw new Error('The log of the spec is empty.')
  return last.append
}
