import { type ClickHouse, insertSettings, settingsClause } from './clickhouse.ts'
import type { Schema, StorageTable } from './tables/tables-file.ts'

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
   * Makes the roll-ups of full buckets up to a position, all of whose rows must be there. While hardly more than one bucket
   * lacks, one table of it is made at a time, so that nobody who waits for the pointer waits long; else all that lack. What
   * was made before is made again, the same, or passed over.
   * @returns up to where they are complete
   */
  roll(generation: number, upTo: bigint): Promise<Rolled>
  /** The rows of a generation are gone. */
  forget(generation: number): void
}

interface Progress extends Rolled {
  /** What is still to be made of the next bucket; undefined before it was begun. */
  readonly steps: readonly Step[] | undefined
}

/** Rows of `after` < position <= `end` to one roll-up. */
interface Step {
  readonly rollup: StorageTable
  readonly wide: 0 | 1
  readonly after: bigint
  readonly end: bigint
}

/**
 * The upkeep of roll-ups. Rows of a position never change once they are complete, so neither do their sums: a bucket is a
 * function of its rows, its rows have names as all rows have, and writing it again changes nothing.
 */
export function createRollups(clickhouse: ClickHouse, schema: Schema, bucketPositions: bigint): Rollups {
  const widePositions = bucketPositions * bucketsInWide
  const rollups = schema.tables.filter((table) => table.definition !== undefined)
  /** How far this process knows them to be, by generation. */
  const known = new Map<number, Progress>()

  async function rolledBefore(generation: number): Promise<Rolled> {
    const [row] = await clickhouse.rows<{ rolled: string; wide: string }>(
      `SELECT tupleElement(newest, 1) AS rolled, tupleElement(newest, 2) AS wide
       FROM (SELECT max(tuple(rolled, wide)) AS newest FROM vouch_store.published WHERE generation = ${generation})`,
    )
    return { rolled: BigInt(row?.rolled ?? 0), wide: BigInt(row?.wide ?? 0) }
  }

  const bucketAfter = (position: bigint, size: bigint): bigint => position - (position % size) + size

  /** Of the next bucket, and of the wide ones that end with it or have not been made yet. */
  function stepsOf({ rolled, wide }: Rolled): Step[] {
    const end = bucketAfter(rolled, bucketPositions)
    const ranges = [{ wide: 0, after: rolled, end }] as Omit<Step, 'rollup'>[]
    if (end % widePositions === 0n) {
      // Where some lack, those before them are made first, so that each is always of the same rows.
      for (let after = wide; after < end; after = bucketAfter(after, widePositions)) {
        ranges.push({ wide: 1, after, end: bucketAfter(after, widePositions) })
      }
    }
    return ranges.flatMap((range) => rollups.map((rollup) => ({ rollup, ...range })))
  }

  async function make(
    generation: number,
    { rollup: { name, definition = '' }, wide, after, end }: Step,
  ): Promise<void> {
    const rows = `generation = ${generation} AND position > ${after} AND position <= ${end}`
    await clickhouse.command(
      `INSERT INTO vouch_store.${name} SELECT ${generation}, ${wide}, ${end}, row_number() OVER (ORDER BY tuple(*)) - 1, *
       FROM (${definition.replaceAll('{rows}', rows)}) SETTINGS ${settingsClause(insertSettings)}`,
    )
  }

  /** One step further. */
  async function goOn(generation: number, { rolled, wide, steps }: Progress): Promise<Progress> {
    const [next, ...rest] = steps ?? stepsOf({ rolled, wide })
    if (next) await make(generation, next)
    if (rest.length > 0) return { rolled, wide, steps: rest }
    const end = bucketAfter(rolled, bucketPositions)
    return { rolled: end, wide: end % widePositions === 0n ? end : wide, steps: undefined }
  }

  return {
    async roll(generation, upTo) {
      const last = upTo - (upTo % bucketPositions)
      if (rollups.length === 0 || last === 0n) return { rolled: 0n, wide: 0n }
      let done = known.get(generation) ?? { ...(await rolledBefore(generation)), steps: undefined }
      while (done.rolled < last) {
        const lacks = upTo - done.rolled
        done = await goOn(generation, done)
        known.set(generation, done)
        if (2n * lacks < 3n * bucketPositions) break
      }
      const { rolled, wide } = done
      if (rolled <= upTo) return { rolled, wide }
      return { rolled: last, wide: wide <= last ? wide : 0n }
    },
    forget: (generation) => {
      known.delete(generation)
    },
  }
}
