import type { StoreFailure } from '@vouch/event-store'
import type { LateFacts } from './horizon.ts'

/** What an import did. */
export interface ImportReport {
  /** What the files hold, readable or not: lines of NDJSON, events of CSV rows. Each has one of the four outcomes. */
  readonly read: number
  readonly appended: number
  readonly duplicate: number
  readonly conflict: number
  readonly rejected: number
  /** The file that holds what was rejected or conflicts; null if nothing was. */
  readonly rejects: string | null
  /** Rows of CSV files of which their mapping makes no event. */
  readonly unmapped: number
}

/** Why an import did not go to its end. Messages are whole sentences that say what to do. */
export type ImportFailure =
  /** A file, a mapping, or a folder to write to cannot be used. Nothing was appended. */
  | { readonly tag: 'unusable'; readonly message: string; readonly problems: readonly string[] }
  /** Facts would come too late to be taken into account. Nothing was appended. */
  | ({ readonly tag: 'beyond-horizon'; readonly message: string } & LateFacts)
  /**
   * Stopped by its signal, by the store, or for want of room for temporary data or the rejects. A part may be in the log;
   * the same import, run again, completes it.
   */
  | { readonly tag: 'aborted'; readonly message: string; readonly report: ImportReport }
  | { readonly tag: 'store'; readonly message: string; readonly report: ImportReport; readonly failure: StoreFailure }
  | { readonly tag: 'unwritable'; readonly message: string; readonly report: ImportReport }

/** Carries a failure out of the loops of an import; `importFiles` turns it into a value. */
export class ImportStop extends Error {
  override readonly name = 'ImportStop'
  readonly failure: ImportFailure

  constructor(failure: ImportFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/** @param problems whole sentences */
export const unusable = (problems: readonly string[]): ImportStop =>
  new ImportStop({ tag: 'unusable', message: problems.join('\n'), problems })
