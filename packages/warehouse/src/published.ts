import type { ClickHouse } from './clickhouse.ts'
import type { Published, Slot } from './port.ts'
import type { Rolled } from './rollups.ts'

interface PublishedRow {
  readonly generation: number
  readonly position: string
  readonly head: string
  readonly lagMs: string
  readonly publishedAt: string
}

/** What a slot shows; undefined before anything was published there. */
export async function publishedIn(clickhouse: ClickHouse, slot: Slot): Promise<Published | undefined> {
  const [row] = await clickhouse.rows<PublishedRow>(
    `SELECT generation, position, head, lag_ms AS lagMs, toUnixTimestamp64Milli(published_at) AS publishedAt
     FROM vouch_store.published WHERE slot = '${slot}' ORDER BY sequence DESC, published_at DESC LIMIT 1`,
  )
  if (row === undefined || row.generation === 0) return undefined
  return {
    generation: row.generation,
    position: BigInt(row.position),
    head: BigInt(row.head),
    lagMs: Number(row.lagMs),
    publishedAt: Number(row.publishedAt),
  }
}

/**
 * Moves the pointer of a slot: one row with the next sequence, so that readers move at once or not at all.
 * @param rolled up to where the roll-ups of the generation are complete
 */
export async function publishIn(clickhouse: ClickHouse, slot: Slot, mark: Published, rolled: Rolled): Promise<void> {
  await clickhouse.append('vouch_store.published', pointerRow(slot, '{sequence}', mark, rolled))
}

/** The statement that puts a pointer's row there. */
export const pointerRow = (
  slot: Slot,
  sequence: bigint | '{sequence}',
  mark: Published,
  { rolled, wide }: Rolled,
): string =>
  `INSERT INTO vouch_store.published (slot, sequence, generation, position, head, lag_ms, published_at, rolled, wide)
     SELECT '${slot}', ${sequence}, ${mark.generation}, ${mark.position},
       ${mark.head}, ${mark.lagMs}, fromUnixTimestamp64Milli(${mark.publishedAt}, 'UTC'), ${rolled}, ${wide}`
