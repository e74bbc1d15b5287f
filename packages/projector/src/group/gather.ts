import type { RowSet, Warehouse } from '@vouch/warehouse'

type Rows = Parameters<Warehouse['insert']>[2]

interface Waiting {
  readonly rows: Rows
  resolve(): void
  reject(error: unknown): void
}

/**
 * Inserts what several folds write to one table together: while an insert is under way, what comes waits, and goes with the
 * next one. A ClickHouse server takes few large inserts better than many small ones.
 */
export function gathering(warehouse: Warehouse): Pick<Warehouse, 'rowSet' | 'insert'> {
  const lanes = new Map<string, Waiting[]>()

  async function run(table: string, generation: number, waiting: Waiting[]): Promise<void> {
    while (waiting.length > 0) {
      const batch = [...waiting]
      try {
        await warehouse.insertAll(
          table,
          generation,
          batch.map(({ rows }) => rows),
        )
        for (const { resolve } of batch) resolve()
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
      waiting.splice(0, batch.length)
    }
    lanes.delete(`${generation} ${table}`)
  }

  return {
    rowSet: (table): RowSet => warehouse.rowSet(table),
    insert: (table, generation, rows) =>
      new Promise((resolve, reject) => {
        const lane = `${generation} ${table}`
        const one: Waiting = { rows, resolve, reject }
        const waiting = lanes.get(lane)
        if (waiting) return void waiting.push(one)
        const first = [one]
        lanes.set(lane, first)
        void run(table, generation, first)
      }),
  }
}
