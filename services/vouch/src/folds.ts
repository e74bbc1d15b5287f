import type { Programs } from '@vouch/ingestion'
import type { Explanation } from '@vouch/projection-attribution'
import type { Projector } from '@vouch/projector'
import type { Warehouse } from '@vouch/warehouse'

/** Folds the log into the tables, or knows how far others have. */
export type Folds = Pick<
  Projector,
  'progress' | 'failure' | 'catchUp' | 'run' | 'rebuild' | 'rebuildTo' | 'verify' | 'close'
>

/** A warehouse that is asked alone: what a server needs of it that folds nothing. */
export type AskedTables = Pick<Warehouse, 'published' | 'rows' | 'ask' | 'tables' | 'close'>

/** What the fold of attributions knows. */
export interface Knowledge {
  /** The programs' clocks and terms, as of what is folded. */
  programs(): Promise<Programs>
  /**
   * What led to the rows of a conversion.
   * @param signal gives it up, where it takes a while
   * @throws Failure where it cannot be had
   */
  explain(programId: string, conversionId: string, signal?: AbortSignal): Promise<Explained>
}

export interface Explained {
  /** Undefined for a conversion that the log does not have. */
  readonly explanation: Explanation | undefined
  /** The newest position that is in it; undefined: the tables may be a little behind it. */
  readonly position?: bigint | undefined
}
