import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { Known, LogView } from '../decide.ts'
import type { EventToAppend, RecordedEvent } from '../port.ts'
import { DamagedRow } from './failure.ts'
import type { NameHash } from './identity-hash.ts'

/** The table of events: its prepared statements, and rows as events. Nothing here begins or ends a transaction. */
export interface EventsTable extends LogView<Known> {
  /** The newest event; position 0 in an empty log. */
  newest(): { readonly position: number; readonly recordedAt: number }
  insert(row: NewRow): void
  at(position: bigint): RecordedEvent | undefined
  find(identity: string): RecordedEvent | undefined
  after(position: bigint, limit: number): RecordedEvent[]
  /** At most `limit` events of a stream from a revision on, oldest first. */
  ofStream(stream: string, fromRevision: bigint, limit: number): RecordedEvent[]
}

export interface NewRow {
  readonly position: number
  readonly stream: string
  readonly revision: bigint
  readonly recordedAt: number
  readonly event: EventToAppend
}

const columns = `position, identity, stream, revision, type, program_id, source, event_id, time, recorded_at,
  content_hash, data, extensions`

export const eventsTable = (db: DatabaseSync, nameHash: NameHash): EventsTable => {
  const hashOf = rememberingLast(nameHash)
  const newest = rows(db, 'SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1')
  const insert = db.prepare(`INSERT INTO events (identity_hash, stream_hash, ${columns}) VALUES (${'?, '.repeat(14)}?)`)
  const at = rows(db, `SELECT ${columns} FROM events WHERE position = ?`)
  const after = rows(db, `SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`)
  const known = rows(db, 'SELECT position, content_hash FROM events WHERE identity_hash = ? AND identity = ?')
  const byIdentity = rows(db, `SELECT ${columns} FROM events WHERE identity_hash = ? AND identity = ?`)
  const lastOfStream = rows(
    db,
    'SELECT revision FROM events WHERE stream_hash = ? AND stream = ? ORDER BY revision DESC LIMIT 1',
  )
  const factOfStream = rows(
    db,
    `SELECT ${columns} FROM events WHERE identity_hash = ? AND identity = ? AND stream_hash IS NULL`,
  )
  const ofStream = rows(
    db,
    `SELECT ${columns} FROM events WHERE stream_hash = ? AND stream = ? AND revision >= ? ORDER BY revision LIMIT ?`,
  )

  const events = (found: readonly Row[]): RecordedEvent[] => found.map(toEvent)
  const event = (found: readonly Row[]): RecordedEvent | undefined => events(found)[0]
  const factOf = (stream: string) => event(factOfStream(hashOf(stream), stream))

  return {
    newest: () => {
      const [row] = newest()
      return row === undefined ? { position: 0, recordedAt: 0 } : { position: int(row[0]), recordedAt: int(row[1]) }
    },
    known: (identity) => {
      const [row] = known(hashOf(identity), identity)
      return row && { position: BigInt(int(row[0])), contentHash: text(row[1]) }
    },
    newestRevision: (stream) => {
      const [row] = lastOfStream(hashOf(stream), stream)
      if (row !== undefined) return BigInt(int(row[0]))
      return factOf(stream) === undefined ? -1n : 0n
    },
    insert: ({ position, stream, revision, recordedAt, event: e }) => {
      const isFact = revision === 0n && stream === e.identity
      insert.run(
        hashOf(e.identity),
        isFact ? null : hashOf(stream),
        position,
        e.identity,
        isFact ? null : stream,
        revision,
        e.type,
        e.programId,
        e.source,
        e.id,
        e.time,
        recordedAt,
        e.contentHash,
        e.data,
        e.extensions ?? null,
      )
    },
    at: (position) => event(at(position)),
    find: (identity) => event(byIdentity(hashOf(identity), identity)),
    after: (position, limit) => events(after(position, limit)),
    ofStream: (stream, fromRevision, limit) => {
      // The fact of a stream is its first event, and the only one that the index by stream does not have.
      const fact = fromRevision <= 0n ? factOf(stream) : undefined
      if (fact === undefined) return events(ofStream(hashOf(stream), stream, fromRevision, limit))
      return [fact, ...events(ofStream(hashOf(stream), stream, 1n, limit - 1))]
    },
  }
}

/** One append asks for the same hash several times in a row, as a fact's stream has the name of its identity. */
const rememberingLast = (nameHash: NameHash): NameHash => {
  let last = { name: '', hash: nameHash('') }
  return (name) => {
    if (last.name !== name) last = { name, hash: nameHash(name) }
    return last.hash
  }
}

type Row = readonly SQLOutputValue[]

/** A statement whose rows come as arrays: twice as fast to read as objects. */
const rows = (db: DatabaseSync, sql: string) => {
  const statement = db.prepare(sql)
  statement.setReturnArrays(true)
  // The types of @types/node do not follow setReturnArrays.
  return (...parameters: SQLInputValue[]): Row[] => statement.all(...parameters) as unknown as SQLOutputValue[][]
}

const toEvent = (row: Row): RecordedEvent => {
  const identity = text(row[1])
  return {
    position: BigInt(int(row[0])),
    stream: row[2] === null ? identity : text(row[2]),
    revision: BigInt(int(row[3])),
    identity,
    type: text(row[4]),
    programId: text(row[5]),
    source: text(row[6]),
    id: text(row[7]),
    time: int(row[8]),
    recordedAt: int(row[9]),
    contentHash: text(row[10]),
    data: text(row[11]),
    ...(row[12] === null ? {} : { extensions: text(row[12]) }),
  }
}

// The table is STRICT, so its columns have the types that it declares; a damaged file may still say otherwise.
const int = (value: SQLOutputValue | undefined): number => (typeof value === 'number' ? value : mistyped(value))

const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : mistyped(value))

const mistyped = (value: unknown): never => {
  throw new DamagedRow(`A row holds ${String(value)} where the schema allows no such value.`)
}
