import { attribution } from '@vouch/projection-attribution'
import { events } from '@vouch/projection-events'
import type { Projection } from '@vouch/projector'
import { openServerWarehouse, type Warehouse } from '@vouch/warehouse'

export const projections: readonly Projection[] = [events, attribution]

/**
 * Log positions whose rows are rolled up together: places in an EventStoreDB log count bytes, several hundred for each event.
 * Whoever writes to one warehouse must have the same.
 */
const bucketPositions = 2n ** 26n

/** @param url `http(s)://user:password@host:port/vouch` */
export const openWarehouse = (url: string): Promise<Warehouse> =>
  openServerWarehouse({ url, tables: projections.map(({ tables }) => tables), clock: Date.now, bucketPositions })
