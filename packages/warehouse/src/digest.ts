import type { Column } from './block/columns.ts'
import type { ClickHouse } from './clickhouse.ts'

/**
 * Count and hash of the rows of one generation up to a position, repetitions collapsed. The hash is the sum modulo 2^128 of
 * each row's XXH3-128 over its columns in declared order, so that neither order nor parts matter. It finds differences; it
 * does not withstand forgery, as SipHash would in ten times the time.
 */
export async function digestOf(
  clickhouse: ClickHouse,
  table: string,
  columns: readonly Column[],
  generation: number,
  upTo: bigint,
): Promise<{ rows: bigint; hash: string }> {
  const values = columns.filter((column) => column.name !== 'generation').map(hashable)
  // The tuple matters: ClickHouse's hash of several arguments is NULL as soon as one of them is.
  const rowHash = `reinterpretAsUInt128(xxh3_128(tuple(${values.join(', ')})))`
  const [row] = await clickhouse.rows<{ rows: string; hash: string }>(
    `SELECT count() AS rows, lower(leftPad(hex(sumWithOverflow(${rowHash})), 32, '0')) AS hash
     FROM vouch_store.${table} FINAL
     WHERE generation = ${generation} AND position <= ${upTo}`,
  )
  return { rows: BigInt(row?.rows ?? 0), hash: row?.hash ?? '' }
}

/** A JSON column's own hash depends on how its paths are stored; its text, with sorted paths, does not. */
function hashable({ name, type }: Column): string {
  return type.startsWith('JSON') ? `CAST(${name}, 'String')` : name
}
