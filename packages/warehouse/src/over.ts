import type { ClickHouse } from './clickhouse.ts'
import { type Warehouse, WarehouseError } from './port.ts'
import { readSchema } from './tables/read-schema.ts'
import { createWarehouse } from './warehouse.ts'

/** What one thread does for a warehouse that is another's: all but the questions of strangers. */
export type LentClickHouse = Pick<ClickHouse, 'command' | 'append' | 'rows' | 'insert'>

export interface OverOptions {
  /** As those of the warehouse that lends. */
  readonly tables: readonly URL[]
  readonly clock: () => number
  readonly bucketPositions?: bigint | undefined
}

/**
 * A warehouse on the ClickHouse of another one, to write to from another thread: rows become blocks here, and are inserted
 * there. It lets go of nothing when it is closed.
 * @throws WarehouseError `bad-tables`
 */
export function warehouseOver(lent: LentClickHouse, { tables, clock, bucketPositions }: OverOptions): Warehouse {
  const clickhouse: ClickHouse = {
    ...lent,
    ask: async () => {
      throw new WarehouseError('closed', 'Questions are for the warehouse that has the data folder.')
    },
    close: async () => undefined,
  }
  return createWarehouse(clickhouse, readSchema(tables), clock, bucketPositions)
}
