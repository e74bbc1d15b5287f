import type { Law } from './law.ts'

export const lines: Law = {
  name: 'lines',
  says: 'In each table the rows of one event are numbered from 0 on, and no number is there twice',
  check(_, rows) {
    return [...Map.groupBy(rows, ({ table, position }) => `${table} ${position}`).values()].flatMap((group) => {
      const wrong = group.findIndex(({ line }, index) => line !== index)
      const row = group[wrong]
      if (row === undefined) return []
      const { table, position, line } = row
      return [{ law: 'lines', table, position, line, says: `line ${line} stands where line ${wrong} would` }]
    })
  },
}
