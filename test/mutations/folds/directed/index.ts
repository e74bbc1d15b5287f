import { logOf } from '../../../../packages/testing/src/oracle/story.ts'
import { stored } from '../../stored.ts'
import type { NamedLog } from '../verdict.ts'
import { amountStories } from './amounts.ts'
import { pathStories } from './paths.ts'
import { rewardStories } from './rewards.ts'

/** Logs for what hardly ever meets in random ones. */
export const directedLogs: readonly NamedLog[] = Object.entries({
  ...pathStories,
  ...amountStories,
  ...rewardStories,
}).map(([name, story]) => ({ name, log: stored(logOf(...story)) }))
