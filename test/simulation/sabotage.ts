import type { EventStore } from '@vouch/event-store'
import type { Admission } from '@vouch/ingestion'
import type { Projection } from '@vouch/projector'
import type { Warehouse } from '@vouch/warehouse'
import type { DurableState, StateOptions } from '../../packages/projector/src/state/sqlite-state.ts'
import type { Surroundings } from './surroundings.ts'
import type { WarehouseDouble, Watcher } from './warehouse-double.ts'

export type OpenState = (options: StateOptions) => DurableState

/** A defect between the product and what it rests on: what the product would do if it were made wrong in that way. */
export interface Sabotage {
  readonly name: string
  readonly store?: (store: EventStore, around: Surroundings) => EventStore
  readonly warehouse?: (warehouse: Warehouse, around: Surroundings) => Warehouse
  readonly openState?: (open: OpenState, around: Surroundings, warehouse: Warehouse) => OpenState
  readonly admission?: (admission: Admission, around: Surroundings) => Admission
  readonly projections?: (projections: readonly Projection[], around: Surroundings) => readonly Projection[]
  /** As `projections`, but those that the tables are compared with are wrong in the same way: only the auditor can see it. */
  readonly folds?: (projections: readonly Projection[]) => readonly Projection[]
  readonly double?: (files: readonly URL[], watcher: Watcher) => WarehouseDouble
}

export const none: Sabotage = { name: 'none' }
