import { max, median, min } from 'simple-statistics'

/** What several runs gave: one that was disturbed moves the ends and not the middle. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** @param values one for each run, at least one */
export function spreadOf(values: readonly number[]): Spread {
  const own = [...values]
  return { median: median(own), min: min(own), max: max(own) }
}

/**
 * What was measured over its limit, run by run: each pair was taken one after the other, so that what slows the machine down
 * for a while slows both.
 * @throws RangeError unless there are as many of one as of the other
 */
export function ratios(measured: readonly number[], limits: readonly number[]): number[] {
  if (measured.length !== limits.length) {
    throw new RangeError(`${measured.length} runs cannot be compared with ${limits.length} runs of their limit.`)
  }
  return measured.map((value, run) => value / (limits[run] as number))
}
