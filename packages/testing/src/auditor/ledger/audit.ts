import type { LoggedEvent } from '../../oracle/log.ts'
import { ruleOutcomes } from '../../oracle/rewards.ts'
import { emptyRewardBook, type RewardBook, rewardsBy } from '../books/rewards.ts'
import { type CalledForRow, stepTo } from '../books/step.ts'
import type { Finding } from '../laws/law.ts'
import { lines } from '../laws/lines.ts'
import { differences } from '../laws/rows.ts'
import { type ReadRow, readRow, type TableRow } from '../row.ts'
import { bookTables } from '../tables.ts'
import { balanced } from './balanced.ts'
import { conversionEntries } from './conversions.ts'
import { holdEntries } from './holds.ts'
import { payoutEntries } from './payouts.ts'
import { inOpenMonths, periodEntries } from './periods.ts'
import { resolutionEntries } from './resolutions.ts'
import { rewardEntries } from './rewards.ts'
import { statementEntries } from './statements.ts'

/**
 * Holds the books to the raw log: everything in the rows of the tables of the books that does not follow from it, or would have
 * to and is not there. Which rewards there are he works out by himself, as ever; rows of other tables are left alone.
 */
export function auditBooks(log: readonly LoggedEvent[], rows: readonly TableRow[]): Finding[] {
  const read: ReadRow[] = []
  const unreadable: Finding[] = []
  for (const row of rows) {
    if (!Object.hasOwn(bookTables, row.table)) continue
    const found = readRow(row)
    if (typeof found === 'string') unreadable.push({ law: 'readable', ...row, says: found })
    else read.push(found)
  }
  read.sort((a, b) => a.position - b.position || a.line - b.line)
  return [...unreadable, ...lines.check(log, read), ...balanced(read), ...differences(calledFor(log), read)]
}

/** After each event what it changes in the rewards is worked out anew, and booked. */
function calledFor(log: readonly LoggedEvent[]): CalledForRow[] {
  const books = new Map<string, RewardBook>()
  return log.flatMap((_, index) => {
    const step = stepTo(log, index)
    const book = books.get(step.programId) ?? emptyRewardBook()
    books.set(step.programId, book)
    const rewards = rewardsBy(step, ruleOutcomes(step.facts), book)
    const entries = [
      ...rewardEntries(step, rewards),
      ...payoutEntries(step),
      ...conversionEntries(step),
      ...statementEntries(step),
      ...holdEntries(step),
      ...resolutionEntries(step),
    ]
    return [...entries.map((row) => inOpenMonths(step, row)), ...periodEntries(step)]
  })
}
