import { describeEventStore } from '../conformance.ts'
import { openTemporary } from './temporary.ts'

describeEventStore('SQLite', () => openTemporary())

describeEventStore('SQLite, when all names have the same hash', () => openTemporary({ hash: () => -7 }))

describeEventStore('SQLite, when every transaction is full at once', () => openTemporary({ maxEventsPerCommit: 1 }))
