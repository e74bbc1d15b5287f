import { type CalledForRow, rowsCalledFor } from '../books/index.ts'
import type { ReadRow } from '../row.ts'
import type { Finding, Law } from './law.ts'

export const rowsLaw: Law = {
  name: 'rows',
  says: 'Every row is one that its event calls for, in every column, and none that is called for is missing',
  check: (log, rows) => differences(rowsCalledFor(log), rows),
}

/** Compares as multisets: the order within a position is free. */
export function differences(calledFor: readonly CalledForRow[], rows: readonly ReadRow[]): Finding[] {
  const waiting = Map.groupBy(calledFor, textOf)
  const strange = rows.filter((row) => waiting.get(textOf(row))?.pop() === undefined)
  const missing = [...waiting.values()].flat()
  return [
    ...strange.map(({ table, position, line, cells }) => {
      const meant = nearest({ table, position, cells }, missing)
      return {
        law: 'rows',
        table,
        position,
        line,
        says: meant ? differenceTo(meant, cells) : 'nothing calls for this row',
      }
    }),
    ...missing.map(({ table, position, cells }) => ({
      law: 'rows',
      table,
      position,
      says: `a row is missing: ${JSON.stringify(cells)}`,
    })),
  ]
}

const texts = new WeakMap<CalledForRow, string>()

/** All that a row says, but for its line. */
function textOf(row: CalledForRow): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const { table, position, cells } = row
  const text = `${position} ${table} ${JSON.stringify(Object.entries(cells).sort(([a], [b]) => (a < b ? -1 : 1)))}`
  texts.set(row, text)
  return text
}

/** Of the rows that are missing in the same place, the one with which most columns agree. */
function nearest(row: CalledForRow, missing: readonly CalledForRow[]): CalledForRow | undefined {
  const agreeing = (other: CalledForRow) =>
    Object.keys(row.cells).filter((column) => row.cells[column] === other.cells[column]).length
  return missing
    .filter(({ table, position }) => table === row.table && position === row.position)
    .sort((a, b) => agreeing(b) - agreeing(a))[0]
}

function differenceTo({ cells: meant }: CalledForRow, cells: CalledForRow['cells']): string {
  return Object.keys(meant)
    .filter((column) => meant[column] !== cells[column])
    .map((column) => `${column} is ${JSON.stringify(cells[column])}, would be ${JSON.stringify(meant[column])}`)
    .join('; ')
}
