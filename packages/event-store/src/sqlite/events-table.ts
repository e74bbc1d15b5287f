import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite'
import type { HashIndexSizes } from '@vouch/hash-index'
import type { Known, LogView } from '../decide.ts'
import type { EventToAppend, RecordedEvent } from '../port.ts'
import { DamagedRow } from './failure.ts'
import type { NameHash } from './identity-hash.ts'
import { type Named, namesOn } from './names.ts'

/** The table of events: its prepared statements, and rows as events. Nothing here begins or ends a transaction. */
export interface EventsTable extends LogView<Known> {
  /**
   * To be called first in each transaction that looks for names or writes.
   * @returns the newest event; position 0 in an empty log
   */
  begin(): { readonly position: number; readonly recordedAt: number }
  /** To be called last in each transaction that wrote something. */
  complete(): void
  /** To be called after a transaction that was rolled back. */
  rollback(): void
  head(): number
  insert(row: NewRow): void
  at(position: bigint): RecordedEvent | undefined
  find(identity: string): RecordedEvent | undefined
  after(position: bigint, limit: number): RecordedEvent[]
  /** At most `limit` events of a stream, oldest first, from a revision on and after a position. */
  ofStream(stream: string, fromRevision: bigint, after: bigint, limit: number): RecordedEvent[]
  /** What is wrong with the index of names, one sentence each. */
  checkNames(): string[]
}

export interface NewRow {
  readonly position: number
  readonly stream: string
  readonly revision: bigint
  readonly recordedAt: number
  readonly event: EventToAppend
}

const columns = `position, identity, stream, revision, type, program_id, source, event_id, time, recorded_at,
  lower(hex(content_hash)), data, extensions`

export const eventsTable = (db: DatabaseSync, nameHash: NameHash, sizes: HashIndexSizes): EventsTable => {
  const names = namesOn(db, nameHash, sizes)
  const newest = rows(db, 'SELECT position, recorded_at FROM events ORDER BY position DESC LIMIT 1')
  const insert = db.prepare(`INSERT INTO events VALUES (${'?, '.repeat(10)}unhex(?), ?, ?)`)
  const at = rows(db, `SELECT ${columns} FROM events WHERE position = ?`)
  const after = rows(db, `SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ?`)
  const known = rows(db, 'SELECT identity, stream, lower(hex(content_hash)), revision FROM events WHERE position = ?')
  const named = db.prepare(
    'SELECT identity, stream, position FROM events WHERE position > ? AND position <= ? ORDER BY position',
  )
  named.setReturnArrays(true)

  /** A row at which a name may be: its names are what was filed, or the file is damaged. */
  const rowAt = (position: number, name: string): Row => {
    const [row] = known(position)
    if (row === undefined) throw new DamagedRow(`The event at ${position} is gone.`)
    if (row[0] !== name && row[1] !== name && !names.mayBe(name, namesOf(row)))
      throw new DamagedRow(`The event at ${position} has another identity than it had.`)
    return row
  }
  const positionOf = (identity: string): number | undefined =>
    names.positions(identity).find((position) => rowAt(position, identity)[0] === identity)
  const isIn = (stream: string, row: Row): boolean => (row[1] ?? row[0]) === stream
  const event = (position: number | bigint): RecordedEvent | undefined => {
    const [row] = at(position)
    return row && toEvent(row)
  }

  return {
    begin: () => {
      names.begin()
      const [row] = newest()
      const head =
        row === undefined ? { position: 0, recordedAt: 0 } : { position: int(row[0]), recordedAt: int(row[1]) }
      if (names.newest !== head.position)
        throw new DamagedRow(`The log ends at ${head.position}, but the index of its names at ${names.newest}.`)
      return head
    },
    complete: () => names.write(),
    rollback: () => names.rollback(),
    head: () => {
      const [row] = newest()
      return row === undefined ? 0 : int(row[0])
    },
    known: (identity) => {
      for (const position of names.positions(identity)) {
        const row = rowAt(position, identity)
        if (row[0] === identity) return { position: BigInt(position), contentHash: text(row[2]) }
      }
      return undefined
    },
    newestRevision: (stream) => {
      const row = names
        .positions(stream)
        .toReversed()
        .map((position) => rowAt(position, stream))
        .find((row) => isIn(stream, row))
      return row === undefined ? -1n : BigInt(int(row[3]))
    },
    insert: ({ position, stream, revision, recordedAt, event: e }) => {
      const ownStream = revision === 0n && stream === e.identity ? null : stream
      insert.run(
        position,
        e.identity,
        ownStream,
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
      names.add({ identity: e.identity, stream: ownStream }, position)
    },
    at: event,
    find: (identity) => {
      const position = positionOf(identity)
      return position === undefined ? undefined : event(position)
    },
    after: (position, limit) => after(position, limit).map(toEvent),
    ofStream: (stream, fromRevision, position, limit) => {
      const found: RecordedEvent[] = []
      for (const candidate of names.positions(stream)) {
        if (candidate <= position) continue
        const row = rowAt(candidate, stream)
        if (!isIn(stream, row) || int(row[3]) < fromRevision) continue
        const recorded = event(candidate)
        if (recorded !== undefined && found.push(recorded) === limit) break
      }
      return found
    },
    checkNames: () =>
      names.check(function* (from, upTo) {
        for (const row of named.iterate(from, upTo) as Iterable<unknown> as Iterable<Row>)
          yield [namesOf(row), int(row[2])] as const
      }),
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

const namesOf = ([identity, stream]: Row): Named => ({
  identity: text(identity),
  stream: stream === null ? null : text(stream),
})

const toEvent = (row: Row): RecordedEvent => {
  const identity = text(row[1])
  const event = {
    position: BigInt(int(row[0])),
    stream: row[2] === null ? identity : text(row[2]),
    revision: row[3] === 0 ? 0n : BigInt(int(row[3])),
    identity,
    type: text(row[4]),
    programId: text(row[5]),
    source: text(row[6]),
    id: text(row[7]),
    time: int(row[8]),
    recordedAt: int(row[9]),
    contentHash: text(row[10]),
    data: text(row[11]),
  }
  return row[12] === null ? event : { ...event, extensions: text(row[12]) }
}

// The table is STRICT, so its columns have the types that it declares; a damaged file may still say otherwise.
const int = (value: SQLOutputValue | undefined): number => (typeof value === 'number' ? value : mistyped(value))

const text = (value: SQLOutputValue | undefined): string => (typeof value === 'string' ? value : mistyped(value))

const mistyped = (value: unknown): never => {
  throw new DamagedRow(`A row holds ${String(value)} where the schema allows no such value.`)
}
