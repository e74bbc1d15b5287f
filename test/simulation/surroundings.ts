import type { Random } from '@vouch/testing'
import type { FaultKind, Faults } from './faults.ts'
import type { Log } from './log.ts'
import type { Network } from './network.ts'
import type { Sent } from './scheduler.ts'
import type { WarehouseDouble } from './warehouse-double.ts'

/** What a process finds around itself, and how it waits there. */
export interface Surroundings {
  readonly random: Random
  readonly faults: Faults
  readonly network: Network
  readonly log: Log
  readonly warehouse: WarehouseDouble
  /** Waits for the process's turn. Whatever has an effect waits before it and after it, so that the process can die at both. */
  turn(what: string, sent?: Sent): Promise<void>
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Some time, ms, in the order of that between two events. */
  someTime(): number
  /** The process was told of a failure. */
  failed(what: string): void
  /** What was sent off may land after its sender's death, as that kind of fault; undefined if nothing is. */
  mayLand(kind: FaultKind, sent: Sent): Sent
}
