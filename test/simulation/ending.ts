import type { Answers } from './answers.ts'
import { auditTables } from './audit.ts'
import type { Item } from './items.ts'
import type { Log } from './log.ts'
import type { Readers } from './readers.ts'
import type { States } from './states.ts'
import type { WarehouseDouble } from './warehouse-double.ts'

export interface Ending {
  readonly log: Log
  readonly warehouse: WarehouseDouble
  readonly states: States
  readonly readers: Readers
  readonly answers: Answers
  /** All that was ever sent. */
  readonly items: readonly Item[]
  /** Told of what should not be so. */
  readonly wrong: (why: string) => void
}

/** What must be so when all faults have stopped, everything was taken in and the last process has ended. */
export function checkEnding(ending: Ending): void {
  const { log, warehouse, readers, answers, items, wrong } = ending
  const position = warehouse.shownIn('live')?.position ?? 0n
  if (position !== log.head) wrong(`the tables end at ${position} of ${log.head}`)
  readers.check('live')
  readers.check('asof')
  checkNothingIsLeftOver(ending)
  answers.check()
  checkAllWasTaken(ending)
  for (const difference of auditTables(log, items, warehouse)) wrong(difference)
}

function checkNothingIsLeftOver({ warehouse, states, wrong }: Ending): void {
  const live = warehouse.shownIn('live')?.generation
  const asof = warehouse.shownIn('asof')?.generation
  for (const generation of warehouse.generationsNow()) {
    if (generation !== live && generation !== asof) wrong(`generation ${generation} was left over`)
  }
  const [file, ...more] = states.files
  if (file !== `state-${live}.db` || more.length > 0) {
    wrong(`the states left are ${states.files.join(', ')}, and generation ${live} is live`)
  }
}

/** Terms that equal the version in force are the one thing that is sent, taken, and not in the log. */
function checkAllWasTaken({ log, answers, items, wrong }: Ending): void {
  for (const { event } of items) {
    if (event === undefined || event.type === 'vouch.program.published.v1') continue
    if (log.find(event.identity) || answers.wasRejected(event)) continue
    wrong(`${event.identity} was sent until it was answered, and is not in the log`)
  }
}
