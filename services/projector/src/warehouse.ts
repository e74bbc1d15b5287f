import type { ProjectorSettings } from '@vouch/observability'
import { projections } from '@vouch/projections'
import { openServerWarehouse, type Warehouse } from '@vouch/warehouse'

/**
 * Log positions whose rows are rolled up together: places in an EventStoreDB log count bytes, several hundred for each event.
 * Whoever writes to one warehouse must have the same.
 */
const bucketPositions = 2n ** 26n

export const openWarehouse = ({ url, cluster }: ProjectorSettings['warehouse']): Promise<Warehouse> =>
  openServerWarehouse({
    url,
    cluster,
    tables: projections.map(({ tables }) => tables),
    clock: Date.now,
    bucketPositions,
  })
