import { type ClickHouse, insertSettings, settingsClause } from './clickhouse.ts'
import type { Schema } from './tables/tables-file.ts'

/** Log positions whose rows are rolled up together. A query reads at most so many rows beside the roll-ups. */
export const defaultBucketPositions = 2n ** 17n

/** So many buckets are rolled up once more, as one: a query reads fewer than so many beside these. */
const bucketsInWide = 16n

/** Up to which log positions the roll-ups of a generation are there: all buckets, and the wide ones, which are read in place of them. */
export interface Rolled {
  readonly rolled: bigint
  readonly wide: bigint
}

export interface Rollups {
  /**
   * Makes the roll-ups of every full bucket up to a position, all of whose rows must be there. What was made before is
   * made again, the same, or passed over.
   * @returns up to where they are complete
   */
  roll(generation: number, upTo: bigint): Promise<Rolled>
  /** The rows of a generation are gone. */
  forget(generation: number): void
}

/**
 * The upkeep of roll-ups. Rows of a position never change once they are complete, so neither do their sums: a bucket is a
 * function of its rows, its rows have names as all rows have, and writing it again changes nothing.
 */
export function createRollups(clickhouse: ClickHouse, schema: Schema, bucketPositions: bigint): Rollups {
  const widePositions = bucketPositions * bucketsInWide
  const rollups = schema.tables.filter((table) => table.definition !== undefined)
  /** Up to where this process knows them to be complete, by generation. */
  const known = new Map<number, Rolled>()

  async function rolledBefore(generation: number): Promise<Rolled> {
    const [row] = await clickhouse.rows<{ rolled: string; wide: string }>(
      `SELECT tupleElement(newest, 1) AS rolled, tupleElement(newest, 2) AS wide
       FROM (SELECT max(tuple(rolled, wide)) AS newest FROM vouch_store.published WHERE generation = ${generation})`,
    )
    return { rolled: BigInt(row?.rolled ?? 0), wide: BigInt(row?.wide ?? 0) }
  }

  /** Of the rows of `after` < position <= `end`. */
  async function make(generation: number, wide: 0 | 1, after: bigint, end: bigint): Promise<void> {
    const rows = `generation = ${generation} AND position > ${after} AND position <= ${end}`
    for (const { name, definition = '' } of rollups) {
      await clickhouse.command(
        `INSERT INTO vouch_store.${name} SELECT ${generation}, ${wide}, ${end}, row_number() OVER (ORDER BY tuple(*)) - 1, *
         FROM (${definition.replaceAll('{rows}', rows)}) SETTINGS ${settingsClause(insertSettings)}`,
      )
    }
  }

  return {
    async roll(generation, upTo) {
      const last = upTo - (upTo % bucketPositions)
      if (rollups.length === 0 || last === 0n) return { rolled: 0n, wide: 0n }
      let done = known.get(generation) ?? (await rolledBefore(generation))
      while (done.rolled < last) {
        const rolled = done.rolled - (done.rolled % bucketPositions) + bucketPositions
        await make(generation, 0, done.rolled, rolled)
        let { wide } = done
        if (rolled % widePositions === 0n) {
          // Where some lack, those before them are made first, so that each is always of the same rows.
          while (wide < rolled) {
            const end = wide - (wide % widePositions) + widePositions
            await make(generation, 1, wide, end)
            wide = end
          }
        }
        done = { rolled, wide }
        known.set(generation, done)
      }
      if (done.rolled <= upTo) return done
      return { rolled: last, wide: done.wide <= last ? done.wide : 0n }
    },
    forget: (generation) => {
      known.delete(generation)
    },
  }
}
