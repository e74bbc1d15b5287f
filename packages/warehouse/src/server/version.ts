import type { ClickHouse } from '../clickhouse.ts'
import { WarehouseError } from '../port.ts'

/**
 * The oldest ClickHouse that has all that is asked of it: 25.11 began to end an answer that fails half-way with a tag that
 * the head announces, and 26.2 brought the setting `deduplicate_insert`, which has to be said.
 */
export const oldestVersion = '26.3'

/** @throws WarehouseError `unfit` for a version before the oldest */
export async function checkVersion(clickhouse: ClickHouse, shown: string): Promise<void> {
  const [row] = await clickhouse.rows<{ version: string }>('SELECT version() AS version')
  const version = row?.version ?? ''
  if (isAtLeast(version, oldestVersion)) return
  throw new WarehouseError(
    'unfit',
    `ClickHouse at ${shown} is version ${version}, and ${oldestVersion} is the oldest that vouch works with; update it.`,
  )
}

function isAtLeast(version: string, oldest: string): boolean {
  const [year = 0, month = 0] = version.split('.').map(Number)
  const [leastYear = 0, leastMonth = 0] = oldest.split('.').map(Number)
  return year > leastYear || (year === leastYear && month >= leastMonth)
}
