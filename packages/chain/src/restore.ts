import { type EventStore, type RecordedEvent, StoreError } from '@vouch/event-store'
import { isLeft } from 'fp-ts/lib/Either.js'
import { entryText } from './entry.ts'
import { type ArchivedEvent, readArchive } from './read-archive.ts'
import { beginning, type Seal, type Seals } from './seals.ts'
import { verifyChain } from './verify.ts'

export interface RestoreOptions {
  /** The bytes of an archive from the first on; asked for twice. */
  readonly open: () => AsyncIterable<Uint8Array>
  readonly store: EventStore
  /** Those that are kept beside the log. */
  readonly seals: Seals
  /** Whether the store gives its events the positions 1, 2, 3 and so on. */
  readonly countsPositions: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (phase: 'checking' | 'appending', events: number) => void
}

export interface Restored {
  /** Events of the archive. */
  readonly read: number
  readonly appended: number
  /** Those that the log had already, from an import that was interrupted. */
  readonly present: number
  /** The chain's newest. */
  readonly hash: string
}

/** The log, or what is beside it, is not one that the archive can go into: one sentence. */
export class NotRestored extends Error {
  override readonly name = 'NotRestored'
}

/**
 * Appends the events of an archive to a log that is empty, or that has nothing but the first of them. All of the file is read
 * and checked before the first is appended; when all are, the log is read back and held against the file.
 * @throws ArchiveBroken, NotRestored, StoreError, or the signal's reason
 */
export async function restoreLog(options: RestoreOptions): Promise<Restored> {
  const found = await check(options)
  const appended = found.count - found.present
  if (appended > 0) {
    await appendAll(options, found.present)
    await readBack(options, found)
  }
  return { read: found.count, appended, present: found.present, hash: found.hash }
}

interface Checked {
  readonly count: number
  readonly present: number
  readonly hash: string
}

async function check({ open, store, seals, countsPositions, signal, onProgress }: RestoreOptions): Promise<Checked> {
  const there = eventsOf(store)
  // A log can be sealed while it is empty, which fits any.
  const sealed = [...seals.list()].filter((seal) => seal.count > 0)
  let present = 0
  let nextSeal = 0
  let { count, hash } = beginning
  try {
    for await (const batch of readArchive(open())) {
      signal?.throwIfAborted()
      for (const archived of batch) {
        count = archived.count
        hash = archived.hash
        const has = present === count - 1 ? (await there.next()).value : undefined
        if (has) {
          if (entryText(has, count) !== archived.entry) throw differs(has, archived)
          present = count
        }
        for (let seal = sealed[nextSeal]; seal?.count === count; seal = sealed[++nextSeal])
          if (seal.hash !== hash || (count > present && !(countsPositions && seal.position === BigInt(count))))
            throw foreignSeal(seal)
      }
      onProgress?.('checking', count)
    }
    const more = present === count ? (await there.next()).value : undefined
    if (more) throw goesOn(more, count)
    const beyond = sealed[nextSeal]
    if (beyond) throw foreignSeal(beyond)
    return { count, present, hash }
  } finally {
    await there.return(undefined)
  }
}

async function* eventsOf(store: Pick<EventStore, 'readAll'>): AsyncGenerator<RecordedEvent, undefined, undefined> {
  for await (const batch of store.readAll(0n)) yield* batch
  return undefined
}

const takes = 'An exported log goes into an empty one; name another folder with --data.'

function differs(has: RecordedEvent, { line, event, count }: ArchivedEvent): NotRestored {
  const before = count === 1 ? '' : ` The ${count - 1} before it agree.`
  return new NotRestored(
    `The log is not empty: at position ${has.position} it has ${described(has)}, and line ${line} of the file has ${described(event)}.${before} ${takes}`,
  )
}

const goesOn = (has: RecordedEvent, count: number): NotRestored =>
  new NotRestored(
    `The log has all ${count} events of the file and goes on, at position ${has.position} with ${described(has)}. ${takes}`,
  )

const described = ({ type, source, id, recordedAt }: Omit<RecordedEvent, 'position'>): string =>
  `${type} ${JSON.stringify(id)} of ${source}, recorded ${new Date(recordedAt).toISOString()}`

const foreignSeal = ({ position, hash }: Seal): NotRestored =>
  new NotRestored(
    `The folder has a seal of another log or another store (${position}:${hash}). Import into a folder without seals.db: it is made anew there, with the same hashes.`,
  )

/** One transaction of SQLite takes them: what is there after a crash has no gaps. */
const maxBatchEvents = 1000
const maxBatchChars = 4 * 1024 * 1024

async function appendAll({ open, store, signal, onProgress }: RestoreOptions, present: number): Promise<void> {
  let batch: ArchivedEvent[] = []
  let chars = 0
  let newest = 0n
  const flush = async () => {
    signal?.throwIfAborted()
    newest = await appendBatch(store, batch, newest)
    onProgress?.('appending', batch.at(-1)?.count ?? present)
    batch = []
    chars = 0
  }
  for await (const read of readArchive(open())) {
    for (const archived of read) {
      if (archived.count <= present) continue
      batch.push(archived)
      chars += archived.entry.length
      if (batch.length >= maxBatchEvents || chars >= maxBatchChars) await flush()
    }
  }
  if (batch.length > 0) await flush()
}

/** @returns the position of the last */
async function appendBatch(store: EventStore, batch: readonly ArchivedEvent[], after: bigint): Promise<bigint> {
  let newest = after
  const calls = runsOf(batch).map(async (run) => ({
    run,
    answer: await store.append(run.map(appendOf), run[0].event.recordedAt)(),
  }))
  for (const { run, answer } of await Promise.all(calls)) {
    if (isLeft(answer)) throw new StoreError(answer.left)
    for (const [index, outcome] of answer.right.entries()) {
      const archived = run[index] as ArchivedEvent
      if (outcome.outcome !== 'appended' || outcome.revision !== archived.event.revision || outcome.position <= newest)
        throw new NotRestored(
          `Line ${archived.line} of the file did not get its place in the log (${outcome.outcome}): somebody else writes to it, or the file has it twice. See that nobody does, and import into an empty log.`,
        )
      newest = outcome.position
    }
  }
  return newest
}

type Run = [ArchivedEvent, ...ArchivedEvent[]]

/** Neighbours that were recorded at the same time: an append has one. */
function runsOf(batch: readonly ArchivedEvent[]): Run[] {
  const runs: Run[] = []
  for (const archived of batch) {
    const run = runs.at(-1)
    if (run && run[0].event.recordedAt === archived.event.recordedAt) run.push(archived)
    else runs.push([archived])
  }
  return runs
}

function appendOf({ event: { stream, revision, recordedAt: _, ...event } }: ArchivedEvent) {
  const expectedRevision = revision === 0n ? ('no-stream' as const) : revision - 1n
  return { stream, expectedRevision, events: [event] }
}

async function readBack({ store, seals, signal }: RestoreOptions, { count, hash }: Checked): Promise<void> {
  const { now, tampered } = await verifyChain({ store, seals, ...(signal && { signal }) })
  if (tampered) throw new NotRestored(`${tampered.says} Import into a folder without seals.db, and into an empty log.`)
  if (now.count !== count || now.hash !== hash)
    throw new NotRestored(
      `After the import the log is not what the file says: it has ${now.count} events with the hash ${now.hash}, and the file ${count} with ${hash}. See that nobody else writes to it, and import into an empty log.`,
    )
}
