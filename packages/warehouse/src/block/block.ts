import { type RowValues, WarehouseError } from '../port.ts'
import { type Column, type ColumnWriter, writerOf } from './columns.ts'
import { Output } from './output.ts'

/**
 * Writes rows of one table as one block in ClickHouse's format Native, which it reads many times faster than text: the
 * columns one after the other, each with its name and type.
 * https://clickhouse.com/docs/interfaces/formats/Native
 */
export interface BlockWriter {
  /** Columns of a block with their types in it, which ClickHouse casts to those of the table. */
  readonly columns: readonly Column[]
  /** @throws WarehouseError `bad-row` for a value that does not fit, or a name that is no column of the table */
  write(generation: number, rows: readonly RowValues[]): Buffer
}

export function blockWriter(table: string, columns: readonly Column[]): BlockWriter {
  const writers = columns.filter(({ name }) => name !== 'generation').map((column) => writerOf(table, column))
  const blockColumns: readonly Column[] = [
    { name: 'generation', type: 'UInt32' },
    ...writers.map(({ name, type }) => ({ name, type })),
  ]
  const checkNames = namesCheck(table, writers)
  let bytesPerRow = 100

  return {
    columns: blockColumns,
    write(generation, rows) {
      checkNames(rows)
      const out = new Output(Math.ceil(rows.length * bytesPerRow) + 4_096)
      out.count(blockColumns.length)
      out.count(rows.length)
      begin(out, blockColumns[0] as Column)
      for (let index = 0; index < rows.length; index++) out.int32(generation)
      for (const writer of writers) {
        begin(out, writer)
        writer.write(out, rows)
      }
      bytesPerRow = (out.bytes.length / rows.length) * 1.1
      return out.bytes
    },
  }
}

function begin(out: Output, { name, type }: Column): void {
  out.text(name)
  out.text(type)
}

/**
 * Refuses a value under a name that is no column. Rows that follow on each other mostly have the same names in the same
 * order, and then comparing is all there is to do.
 */
function namesCheck(table: string, writers: readonly ColumnWriter[]): (rows: readonly RowValues[]) => void {
  const names = new Set(writers.map(({ name }) => name))
  let order: readonly string[] = []

  function orderOf(row: RowValues): readonly string[] {
    const keys = Object.keys(row)
    const unknown = keys.filter((key) => row[key] !== undefined && !names.has(key))
    if (unknown.length === 0) return keys.every((key) => names.has(key)) ? keys : order
    const problem = `${unknown.join(', ')} is no column; its columns are ${[...names].join(', ')}`
    throw new WarehouseError('bad-row', `A row of ${table} does not fit: ${problem}.`)
  }

  return (rows) => {
    for (const row of rows) {
      let index = 0
      let same = true
      for (const key in row) {
        if (key === order[index++]) continue
        same = false
        if (!names.has(key)) break
      }
      if (!same) order = orderOf(row)
    }
  }
}
