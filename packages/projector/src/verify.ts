import type { Warehouse } from '@vouch/warehouse'

/** A table whose rows are not those that the log implies. */
export interface Difference {
  readonly table: string
  readonly liveRows: bigint
  readonly rebuiltRows: bigint
  readonly liveHash: string
  readonly rebuiltHash: string
  /** The first log position whose rows differ. */
  readonly firstPosition: bigint
}

/** Compares two generations table by table, up to a position, by row count and hash. */
export async function compareGenerations(
  warehouse: Pick<Warehouse, 'tables' | 'digest'>,
  live: number,
  rebuilt: number,
  position: bigint,
  stop: AbortSignal,
): Promise<Difference[]> {
  const differences: Difference[] = []
  for (const table of warehouse.tables()) {
    const compare = async (upTo: bigint) => {
      stop.throwIfAborted()
      const [a, b] = [await warehouse.digest(table, live, upTo), await warehouse.digest(table, rebuilt, upTo)]
      return { a, b, same: a.rows === b.rows && a.hash === b.hash }
    }
    const { a, b, same } = await compare(position)
    if (same) continue
    differences.push({
      table,
      liveRows: a.rows,
      rebuiltRows: b.rows,
      liveHash: a.hash,
      rebuiltHash: b.hash,
      firstPosition: await firstWhere(position, async (upTo) => !(await compare(upTo)).same),
    })
  }
  return differences
}

/** The least position from which on something holds; it holds at `last`, and where it holds it holds ever after. */
async function firstWhere(last: bigint, holds: (position: bigint) => Promise<boolean>): Promise<bigint> {
  let [low, high] = [0n, last]
  while (low < high) {
    const middle = (low + high) / 2n
    if (await holds(middle)) high = middle
    else low = middle + 1n
  }
  return low
}
