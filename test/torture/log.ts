import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** An event as it stands in the log. */
export interface LogRow {
  readonly position: number
  readonly identity: string
  readonly contentHash: string
  readonly type: string
  readonly programId: string
  readonly source: string
  readonly id: string
  /** ms since the epoch, UTC. */
  readonly time: number
  readonly recordedAt: number
  readonly data: string
}

/**
 * Everything that is in the log of a folder, read from a copy, so that nothing of what a killed process has left is touched.
 * Nothing if there is no log yet.
 */
export function readLog(folder: string): readonly LogRow[] {
  const copy = mkdtempSync(join(tmpdir(), 'vouch-torture-log-'))
  try {
    if (!existsSync(join(folder, 'log.db'))) return []
    for (const name of ['log.db', 'log.db-wal']) {
      if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
    }
    const db = new DatabaseSync(join(copy, 'log.db'))
    try {
      if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get() === undefined) return []
      return db
        .prepare(
          `SELECT position, identity, lower(hex(content_hash)) AS contentHash, type, program_id AS programId, source, event_id AS id,
             time, recorded_at AS recordedAt, data
           FROM events ORDER BY position`,
        )
        .all() as unknown as LogRow[]
    } finally {
      db.close()
    }
  } finally {
    rmSync(copy, { recursive: true })
  }
}
