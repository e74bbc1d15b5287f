/**
 * Cells one below the other.
 * @param numbers which columns have numbers, and so end below each other
 */
export function columns(rows: readonly (readonly string[])[], numbers: readonly number[] = []): string[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, index) =>
        numbers.includes(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
}
