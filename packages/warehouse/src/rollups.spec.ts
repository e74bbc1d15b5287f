import { describe, expect, it } from 'vitest'
import type { ClickHouse } from './clickhouse.ts'
import { createRollups } from './rollups.ts'
import { readTablesFile } from './tables/tables-file.ts'

const schema = readTablesFile(
  ['x', 'y', 'z']
    .map((name) => `CREATE ROLLUP vouch_store.${name} (n UInt64) AS\nSELECT count() AS n FROM sales WHERE {rows};\n`)
    .join(''),
  'a.sql',
)

/** A double of ClickHouse that notes what is inserted: table, whether wide, and of which positions. */
function recordingDouble(failing: string[] = []) {
  const made: string[] = []
  const clickhouse = {
    async command(statement: string) {
      const [, table, wide, after, end] =
        /INTO vouch_store\.(\w) SELECT 1, (\d), .*position > (\d+) AND position <= (\d+)/s.exec(statement) ?? []
      const what = `${table}${wide === '1' ? ' wide' : ''} ${after}-${end}`
      if (failing.includes(what)) {
        failing.splice(failing.indexOf(what), 1)
        throw new Error(what)
      }
      made.push(what)
    },
    rows: async () => [],
  } as unknown as ClickHouse
  return { clickhouse, taken: () => made.splice(0) }
}

describe('the upkeep of roll-ups', () => {
  it('makes one table of a bucket at a time, and says that it is there when all are', async () => {
    const { clickhouse, taken } = recordingDouble()
    const { roll } = createRollups(clickhouse, schema, 100n)
    const steps: [upTo: bigint, made: string[], rolled: bigint][] = [
      [99n, [], 0n],
      [100n, ['x 0-100'], 0n],
      [101n, ['y 0-100'], 0n],
      [101n, ['z 0-100'], 100n],
      [150n, [], 100n],
      [249n, ['x 100-200'], 100n],
    ]
    for (const [upTo, made, rolled] of steps) {
      expect(await roll(1, upTo)).toEqual({ rolled, wide: 0n })
      expect(taken()).toEqual(made)
    }
  })

  it('makes all that lack at once where that is more', async () => {
    const { clickhouse, taken } = recordingDouble()
    const { roll } = createRollups(clickhouse, schema, 100n)
    await roll(1, 100n)
    expect(await roll(1, 250n)).toEqual({ rolled: 200n, wide: 0n })
    expect(taken()).toEqual(['x 0-100', 'y 0-100', 'z 0-100', 'x 100-200', 'y 100-200', 'z 100-200'])
  })

  it('takes up at the table that failed', async () => {
    const { clickhouse, taken } = recordingDouble(['y 0-100'])
    const { roll } = createRollups(clickhouse, schema, 100n)
    await roll(1, 100n)
    await expect(roll(1, 100n)).rejects.toThrow('y 0-100')
    await roll(1, 100n)
    expect(await roll(1, 100n)).toEqual({ rolled: 100n, wide: 0n })
    expect(taken()).toEqual(['x 0-100', 'y 0-100', 'z 0-100'])
  })

  it('makes a wide one with the sixteenth bucket, and those that lack before it', async () => {
    const { clickhouse, taken } = recordingDouble()
    const rolledBefore = {
      ...clickhouse,
      rows: async () => [{ rolled: '4700', wide: '1600' }],
    } as unknown as ClickHouse
    const { roll } = createRollups(rolledBefore, schema, 100n)
    for (let step = 1; step < 9; step++) expect(await roll(1, 4810n)).toEqual({ rolled: 4700n, wide: 1600n })
    expect(await roll(1, 4810n)).toEqual({ rolled: 4800n, wide: 4800n })
    expect(taken().filter((it) => it.startsWith('x'))).toEqual(['x 4700-4800', 'x wide 1600-3200', 'x wide 3200-4800'])
  })

  it('begins anew where the rows of a generation are gone', async () => {
    const { clickhouse, taken } = recordingDouble()
    const { roll, forget } = createRollups(clickhouse, schema, 100n)
    await roll(1, 100n)
    forget(1)
    await roll(1, 100n)
    expect(taken()).toEqual(['x 0-100', 'x 0-100'])
  })
})
