import type { ProjectorSettings } from '@vouch/observability'
import { projections, serverBucketPositions } from '@vouch/projections'
import { openServerWarehouse, type Warehouse } from '@vouch/warehouse'

export const openWarehouse = ({ url, cluster }: ProjectorSettings['warehouse']): Promise<Warehouse> =>
  openServerWarehouse({
    url,
    cluster,
    tables: projections.map(({ tables }) => tables),
    clock: Date.now,
    bucketPositions: serverBucketPositions,
  })
