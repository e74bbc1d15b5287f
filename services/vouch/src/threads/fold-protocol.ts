import type { MessagePort } from 'node:worker_threads'
import { type Seal, SealsUnusable } from '@vouch/chain'
import type { TermsVersion } from '@vouch/domain'
import { StoreError } from '@vouch/event-store'
import { FoldError, type Progress, StateFailure, type Verification } from '@vouch/projector'
import { type LentClickHouse, WarehouseError } from '@vouch/warehouse'
import type { Waiting } from '../arrivals.ts'
import { Failure } from '../failure.ts'
import type { Explained } from '../folds.ts'
import type { ErrorClasses, PackedError } from './errors.ts'

/** What the thread is started with. */
export interface FoldThreadData {
  readonly dataDir: string
  readonly bucketPositions: bigint | undefined
  /** How many events wait to be taken in. */
  readonly waiting: Waiting
  /** Where it reaches ClickHouse; see `ClickHouseProtocol`. */
  readonly clickhouse: MessagePort
}

/** What the thread that folds can be asked. */
export type FoldProtocol = {
  /** To be asked first. */
  readonly open: (how: { readonly needsRebuild: boolean }) => void
  /** Something was appended. */
  readonly wake: () => void
  readonly progress: () => { readonly progress: Progress; readonly failure: PackedError | undefined }
  readonly run: () => void
  readonly catchUp: () => void
  readonly rebuild: () => { readonly generation: number; readonly position: bigint }
  readonly rebuildTo: (position: bigint) => bigint
  readonly verify: () => Verification
  readonly programs: () => ReadonlyMap<string, KnownProgram>
  readonly explain: (conversion: { readonly programId: string; readonly conversionId: string }) => Explained
  readonly catchUpChain: () => Seal
  readonly seal: (reason: string) => Seal
  readonly close: () => void
}

export interface KnownProgram {
  readonly clock: number | undefined
  readonly versions: readonly TermsVersion[]
}

/** What the thread that folds asks of the one that has the tables. */
export type ClickHouseProtocol = {
  readonly command: (statement: string) => void
  readonly append: (args: Parameters<LentClickHouse['append']>) => void
  readonly rows: (args: Parameters<LentClickHouse['rows']>) => unknown[]
  readonly insert: (args: Parameters<LentClickHouse['insert']>) => void
}

/** Errors that somebody knows by their class, and that may come from the other thread. */
export const errorClasses: ErrorClasses = {
  Failure,
  FoldError,
  SealsUnusable,
  StateFailure,
  StoreError,
  WarehouseError,
}
