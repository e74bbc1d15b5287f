import { describeEventStore } from '../conformance.ts'
import { openTemporary } from './temporary.ts'

describeEventStore('SQLite', () => openTemporary())

describeEventStore('SQLite, written in a thread of its own', () => openTemporary({ writesApart: true }))

describeEventStore('SQLite, written in a thread of its own, when every transaction is full at once', () =>
  openTemporary({ writesApart: true, maxEventsPerCommit: 1 }),
)

describeEventStore('SQLite, when all names have the same hash', () => openTemporary({ hash: () => -7 }))

/** With these, a few events make many runs, and merges of runs. */
const nameIndex = { entriesInMemory: 4, fanOut: 2, entriesPerChunk: 2, chunksPerSegment: 2 }

describeEventStore('SQLite, when its index is in many runs', () => openTemporary({ nameIndex }))

describeEventStore('SQLite, when its index is in many runs of the same hash', () =>
  openTemporary({ nameIndex, hash: () => -7 }),
)

describeEventStore('SQLite, when every transaction is full at once', () => openTemporary({ maxEventsPerCommit: 1 }))
