import { type ClickHouse, insertSettings, settingsClause } from './clickhouse.ts'
import type { Schema } from './tables/tables-file.ts'

/** Log positions whose rows are rolled up together. A query reads at most so many rows beside the roll-ups. */
export const defaultBucketPositions = 2n ** 17n

export interface Rollups {
  /**
   * Makes the roll-ups of every full bucket up to a position, all of whose rows must be there. What was made before is
   * made again, the same, or passed over.
   * @returns the position up to which they are complete
   */
  roll(generation: number, upTo: bigint): Promise<bigint>
  /** The rows of a generation are gone. */
  forget(generation: number): void
}

/**
 * The upkeep of roll-ups. Rows of a position never change once they are complete, so neither do their sums: a bucket is a
 * function of its rows, its rows have names as all rows have, and writing it again changes nothing.
 */
export function createRollups(clickhouse: ClickHouse, schema: Schema, bucketPositions: bigint): Rollups {
  const rollups = schema.tables.filter((table) => table.definition !== undefined)
  /** Up to where this process knows them to be complete, by generation. */
  const known = new Map<number, bigint>()

  async function rolledBefore(generation: number): Promise<bigint> {
    const [row] = await clickhouse.rows<{ rolled: string }>(
      `SELECT max(rolled) AS rolled FROM vouch_store.published WHERE generation = ${generation}`,
    )
    return BigInt(row?.rolled ?? 0)
  }

  return {
    async roll(generation, upTo) {
      const last = upTo - (upTo % bucketPositions)
      if (rollups.length === 0 || last === 0n) return 0n
      let done = known.get(generation) ?? (await rolledBefore(generation))
      while (done < last) {
        const end = done - (done % bucketPositions) + bucketPositions
        const rows = `generation = ${generation} AND position > ${done} AND position <= ${end}`
        for (const { name, definition = '' } of rollups) {
          await clickhouse.command(
            `INSERT INTO vouch_store.${name} SELECT ${generation}, ${end}, row_number() OVER (ORDER BY tuple(*)) - 1, *
             FROM (${definition.replaceAll('{rows}', rows)}) SETTINGS ${settingsClause(insertSettings)}`,
          )
        }
        done = end
        known.set(generation, done)
      }
      return last
    },
    forget: (generation) => {
      known.delete(generation)
    },
  }
}
