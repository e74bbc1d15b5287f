export { type AppendDecision, decideAppend, type Known, type LogView } from './decide.ts'
export { type FolderInUse, type FolderLock, type FolderUnusable, type Holder, lockFolder } from './folder-lock.ts'
export { openMemoryStore } from './memory.ts'
export {
  type Append,
  type AppendOutcome,
  type EventStore,
  type EventToAppend,
  type ExpectedRevision,
  type RecordedEvent,
  StoreError,
  type StoreFailure,
} from './port.ts'
export { eventAt, firstAfter, lagBehind } from './reading.ts'
export {
  type FollowOptions,
  followSqliteStore,
  type OpenFailure,
  openSqliteStore,
  type SqliteOptions,
} from './sqlite/open.ts'
export type { SqliteStore } from './sqlite/store.ts'
export { inTransaction } from './sqlite/transaction.ts'
export type { SqliteStats } from './sqlite/writer.ts'
export { assertWellFormed } from './well-formed.ts'
