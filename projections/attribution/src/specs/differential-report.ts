import { type LoggedEvent, type LogOptions, randomLog, shrinkLog, shuffle } from '@vouch/testing'
import type { Difference } from './differential.ts'

export interface SeedRange {
  readonly first: number
  readonly last: number
}

/** 'FIRST..LAST', both included, as VOUCH_SEEDS has it. @throws if it is written otherwise */
export function seedRange(text: string): SeedRange {
  const [, first, last] = /^(\d+)\.\.(\d+)$/.exec(text) ?? []
  if (first === undefined || last === undefined || Number(first) > Number(last)) {
    throw new Error(`VOUCH_SEEDS is ${JSON.stringify(text)}; write a range of seeds such as 1..300`)
  }
  return { first: Number(first), last: Number(last) }
}

export interface Search extends SeedRange {
  readonly options: Partial<LogOptions>
  /** Whether the logs arrive in another order than they were made in. */
  readonly shuffled?: boolean
  readonly differences: (log: readonly LoggedEvent[]) => readonly Difference[]
}

/** The first seed whose log shows a difference, with its log made as small as it goes; undefined if there is none. */
export function firstDifference({ first, last, options, shuffled = false, differences }: Search): string | undefined {
  for (let seed = first; seed <= last; seed += 1) {
    const made = randomLog(seed, options)
    const log = shuffled ? shuffle(made, seed) : made
    const [found] = differences(log)
    if (found === undefined) continue
    // Another view may differ for another reason: the log shrinks to the one that was seen first.
    const shows = (smaller: readonly LoggedEvent[]) => differences(smaller).some(({ view }) => view === found.view)
    const smallest = shrinkLog(log, shows)
    return [
      `randomLog(${seed}, ${JSON.stringify(options)})${shuffled ? ', shuffled' : ''}, ${smallest.length} of ${log.length} events:`,
      ...smallest.map(lineOf),
      ...differences(smallest).map(textOf),
    ].join('\n')
  }
  return undefined
}

function lineOf({ position, recordedAt, event: { type, source, id, time, data } }: LoggedEvent): string {
  const { programId, ...rest } = data
  const [happened, recorded] = [time, recordedAt].map((ms) => new Date(ms).toISOString())
  return `  ${position} ${type.slice(6, -3)} ${programId} ${source}/${id} at ${happened}, recorded ${recorded} ${JSON.stringify(rest)}`
}

function textOf({ position, view, key, fold, oracle }: Difference): string {
  return `  at ${position}, ${view} ${key}\n    fold:   ${fold}\n    oracle: ${oracle}`
}
