import type { LoggedEvent } from '../../oracle/log.ts'
import { ruleOutcomes } from '../../oracle/rewards.ts'
import { type ExclusionBook, exclusionsBy } from './exclusions.ts'
import { emptyListBook, type ListBook, listedBy } from './listed.ts'
import { type RevenueBook, revenueBy } from './revenue.ts'
import { emptyRewardBook, type RewardBook, rewardsBy } from './rewards.ts'
import { type CalledForRow, stepTo } from './step.ts'

export type { CalledForRow } from './step.ts'

/** What the tables hold of one program so far. */
interface Books {
  readonly lists: ListBook
  readonly revenue: RevenueBook
  readonly rewards: RewardBook
  readonly exclusions: ExclusionBook
}

/**
 * Every row that the log calls for, in no order within a position: after each event everything is worked out anew from all
 * events so far, by brute force, and the rows are the difference to what stood.
 * @param log in the order of its positions
 */
export function rowsCalledFor(log: readonly LoggedEvent[]): CalledForRow[] {
  const books = new Map<string, Books>()
  return log.flatMap((_, index) => {
    const step = stepTo(log, index)
    const own = books.get(step.programId) ?? {
      lists: emptyListBook(),
      revenue: new Map(),
      rewards: emptyRewardBook(),
      exclusions: new Map(),
    }
    books.set(step.programId, own)
    const outcomes = ruleOutcomes(step.facts)
    return [
      ...listedBy(step, own.lists),
      ...revenueBy(step, own.revenue),
      ...rewardsBy(step, outcomes, own.rewards),
      ...exclusionsBy(step, outcomes, own.rewards.state.standings, own.exclusions),
    ]
  })
}
