import type { DatabaseSync } from 'node:sqlite'

/**
 * Runs `work` in one write transaction, committed when it returns and rolled back when it or the commit throws. It takes
 * the write lock at once: a transaction that began by reading could not become a writer later without failing.
 */
export const inTransaction = <A>(db: DatabaseSync, work: () => A): A => run(db, 'BEGIN IMMEDIATE', work)

/** Runs `work`, which only reads, on the file as it is at one moment. */
export const inSnapshot = <A>(db: DatabaseSync, work: () => A): A =>
  db.isTransaction ? work() : run(db, 'BEGIN', work)

const run = <A>(db: DatabaseSync, begin: string, work: () => A): A => {
  db.exec(begin)
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // SQLite has rolled back by itself after some errors, such as a full disk.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
