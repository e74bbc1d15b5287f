import type { Warehouse } from '@vouch/warehouse'

/** A table whose rows are not those that the log implies. */
export interface Difference {
  readonly table: string
  readonly liveRows: bigint
  readonly rebuiltRows: bigint
  readonly liveHash: string
  readonly rebuiltHash: string
}

/** Compares two generations table by table, up to a position, by row count and hash. */
export async function compareGenerations(
  warehouse: Pick<Warehouse, 'tables' | 'digest'>,
  live: number,
  rebuilt: number,
  position: bigint,
): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const table of warehouse.tables()) {
    const a = await warehouse.digest(table, live, position)
    const b = await warehouse.digest(table, rebuilt, position)
    if (a.rows === b.rows && a.hash === b.hash) continue
    differences.push({ table, liveRows: a.rows, rebuiltRows: b.rows, liveHash: a.hash, rebuiltHash: b.hash })
  }
  return differences
}
