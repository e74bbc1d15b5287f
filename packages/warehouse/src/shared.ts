import { type ClickHouse, quote } from './clickhouse.ts'
import { type Founding, type Published, type Shared, WarehouseError } from './port.ts'
import { pointerRow } from './published.ts'
import type { Rollups } from './rollups.ts'
import { checksumOf, type Schema } from './tables/tables-file.ts'

/** How many bits of a sequence hold the position; the others hold the generation. */
const positionBits = 44n
const mostGenerations = 2 ** 20

/**
 * The pointer and the marks for several writers. What each writes is true whoever writes it, and of several things the
 * greatest counts: so nobody has to know of the others, and whoever is late takes nothing back.
 */
export function createShared(clickhouse: ClickHouse, schema: Schema, rollups: Rollups): Shared {
  const tables = checksumOf(schema.tables.map(({ name, checksum }) => `${name} ${checksum}`).join('\n'))
  return {
    async raise(slot, mark) {
      const sequence = sequenceOf(mark)
      const rolled = await rollups.roll(mark.generation, mark.position)
      await clickhouse.append(
        'vouch_store.published',
        `${pointerRow(slot, sequence, mark, rolled)}
         WHERE ${sequence} >= (SELECT max(sequence) FROM vouch_store.published WHERE slot = ${quote(slot)})`,
      )
    },

    async mark(generation, marks) {
      if (marks.size === 0) return
      const rows = [...marks].map(([partition, position]) => `(${generation}, ${partition}, ${position})`)
      await clickhouse.append(
        'vouch_store.marks',
        `INSERT INTO vouch_store.marks (generation, partition, position) VALUES ${rows.join(', ')}`,
      )
    },

    async marks(generation) {
      const rows = await clickhouse.rows<{ partition: number; position: string }>(
        `SELECT partition, max(position) AS position FROM vouch_store.marks WHERE generation = ${generation}
         GROUP BY partition ORDER BY partition`,
      )
      return new Map(rows.map((row) => [row.partition, BigInt(row.position)]))
    },

    async found(generation, founding) {
      const there = await foundingsIn(clickhouse, generation)
      if (there.length === 0) await writeFounding(clickhouse, generation, { ...founding, tables }, false)
      for (const one of await foundingsIn(clickhouse, generation)) {
        if (one.dropped) {
          throw new WarehouseError(
            'other-generation',
            `Generation ${generation} was dropped, and its number is not used again: set VOUCH_GENERATION to a higher one.`,
          )
        }
        const { madeBy, partitions } = one
        if (madeBy === founding.madeBy && partitions === founding.partitions && one.tables === tables) continue
        throw new WarehouseError(
          'other-generation',
          `Generation ${generation} is made by ${describe(one)}, and this program would make it by ${describe({ ...founding, tables })}: one generation is one fold. Run the version that made it, or set VOUCH_GENERATION to a number that was never used, to fold anew beside it.`,
        )
      }
    },

    async founding(generation) {
      const [one] = await foundingsIn(clickhouse, generation)
      return one && !one.dropped ? { madeBy: one.madeBy, partitions: one.partitions } : undefined
    },

    async bury(generation) {
      await writeFounding(clickhouse, generation, { madeBy: '', partitions: 0, tables: '' }, true)
    },
  }
}

interface Recorded extends Founding {
  readonly tables: string
  readonly dropped: boolean
}

const describe = ({ madeBy, partitions, tables }: Omit<Recorded, 'dropped'>): string =>
  `"${madeBy}" with tables ${tables.slice(0, 8)} of ${partitions} partitions`

async function foundingsIn(clickhouse: ClickHouse, generation: number): Promise<readonly Recorded[]> {
  const rows = await clickhouse.rows<{ madeBy: string; partitions: number; tables: string; dropped: number }>(
    `SELECT DISTINCT made_by AS madeBy, partitions, tables, dropped FROM vouch_store.foundings
     WHERE generation = ${generation} ORDER BY dropped DESC, madeBy, partitions, tables`,
  )
  return rows.map((row) => ({ ...row, dropped: row.dropped === 1 }))
}

const writeFounding = (
  clickhouse: ClickHouse,
  generation: number,
  { madeBy, partitions, tables }: Omit<Recorded, 'dropped'>,
  dropped: boolean,
): Promise<void> =>
  clickhouse.append(
    'vouch_store.foundings',
    `INSERT INTO vouch_store.foundings (generation, made_by, partitions, tables, dropped)
     VALUES (${generation}, ${quote(madeBy)}, ${partitions}, ${quote(tables)}, ${dropped ? 1 : 0})`,
  )

/** Grows with the generation, and within it with the position. What `publish` has written before is below all of these. */
function sequenceOf({ generation, position }: Published): bigint {
  if (generation >= mostGenerations || position >= 2n ** positionBits) {
    throw new WarehouseError(
      'bad-row',
      `Generation ${generation} at position ${position} cannot be shown where several write: generations go to ${mostGenerations - 1} there, and positions to ${2n ** positionBits - 1n}.`,
    )
  }
  return (BigInt(generation) << positionBits) + position
}
