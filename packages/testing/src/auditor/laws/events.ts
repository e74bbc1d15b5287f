import { timeText } from '../books/step.ts'
import { cell, type Law } from './law.ts'

export const events: Law = {
  name: 'events',
  says: 'No row is without its event, and each has the program of its event and the time at which it reached the log',
  check(log, rows) {
    const at = new Map(log.map((logged) => [logged.position, logged]))
    return rows.flatMap((row) => {
      const { table, position, line } = row
      const found = (says: string) => [{ law: 'events', table, position, line, says }]
      const logged = at.get(position)
      if (logged === undefined) return found(`there is no event at position ${position}`)
      const programId = String(logged.event.data.programId)
      if (cell(row, 'program_id') !== programId) return found(`the event is one of program ${programId}`)
      const recorded = timeText(logged.recordedAt)
      return cell(row, 'recorded_at') === recorded ? [] : found(`the event was recorded at ${recorded}`)
    })
  },
}
