import type { EventStore } from '@vouch/event-store'
import type { Admission } from '../admit/admission.ts'
import type { Scopes } from '../admit/prepare.ts'
import type { Programs } from './horizon.ts'

export interface ImportOptions {
  /** NDJSON, or CSV that a mapping is for; either may be packed with gzip. */
  readonly files: readonly string[]
  /** Paths of the mappings for CSV files. */
  readonly maps?: readonly string[] | undefined
  /** `time` (default): all files merged by the events' time, ties by file and line. `file`: one after another, as they stand. */
  readonly order?: 'time' | 'file' | undefined
  /** Append facts beyond the horizon, too; they are named in the exclusions and otherwise come to nothing. */
  readonly acceptLate?: boolean | undefined
  /** Where what is rejected or conflicts is written; not made if there is nothing to put in. Its folder must exist. */
  readonly rejectsPath: string
  readonly admission: Admission
  readonly store: Pick<EventStore, 'find'>
  readonly programs: Programs
  /** ms since the epoch, UTC: from when on times lie in the future, and how far the programs' clocks can be moved. */
  readonly now: number
  /** Folder for temporary files; it must exist. */
  readonly tmpDir: string
  /** Memory for events that wait to be sorted, default 64 MiB; what goes beyond it is spilled to `tmpDir`. */
  readonly memoryBytes?: number | undefined
  /** Events in one append, default 1000. */
  readonly batchSize?: number | undefined
  /** What may be appended, default everything. */
  readonly scopes?: Scopes | undefined
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Stops the import between two batches. */
  readonly signal?: AbortSignal | undefined
}

export interface ImportProgress {
  readonly phase: 'reading' | 'sorting' | 'appending'
  /** Bytes read from disk so far (packed ones of a gzip file), and the size of all files. */
  readonly bytesRead: number
  readonly bytesTotal: number
  /** While reading, events read so far; then, events that have got their outcome in the log. */
  readonly events: number
  /** How many events there are to append; unknown while reading. */
  readonly eventsTotal: number | undefined
}

export const defaultMemoryBytes = 64 * 1024 * 1024
export const defaultBatchSize = 1000
