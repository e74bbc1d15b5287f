import { Command, InvalidArgumentError } from 'commander'

export interface Options {
  /** Sizes of logs, ascending. */
  readonly events: readonly number[]
  /** Names of measurements; all of them if absent. */
  readonly only?: readonly string[]
  /** For each size; by default `runsFor`. */
  readonly runs?: number
  readonly dir?: string
  readonly keep?: true
  /** A data folder that has all events of the size, in place of an import. */
  readonly folder?: string
  readonly json?: true
  readonly write?: true
  readonly liveSeconds: number
}

const manyEvents = 10_000_000

/** Of ten million events one run takes most of an hour. */
export const runsFor = (events: number): number => (events >= manyEvents ? 1 : 3)

/** @param text such as 100k, 1m or 2500 */
export function parseSize(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text.trim()) ?? []
  const size = Number(digits) * (unit === undefined || unit === '' ? 1 : unit.toLowerCase() === 'k' ? 1_000 : 1_000_000)
  if (Number.isSafeInteger(size) && size >= 10_000) return size
  throw new InvalidArgumentError(`"${text}" is no size of a log; give one from 10k on, such as 100k, 1m or 10m.`)
}

/** @param text sizes with commas between; twice the same counts once */
export const parseSizes = (text: string): number[] =>
  [...new Set(text.split(',').map(parseSize))].sort((one, other) => one - other)

/** 100000 as 100k, 1000000 as 1M. */
export function sizeText(events: number): string {
  if (events >= 1_000_000) return `${events / 1_000_000}M`
  return events >= 1_000 ? `${events / 1_000}k` : String(events)
}

const countFrom = (least: number) => (text: string) => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new InvalidArgumentError(`It is a whole number from ${least} on.`)
}

/** @param names of the measurements there are */
export function readOptions(names: readonly string[], argv?: readonly string[]): Options {
  const chosen = (text: string): string[] => {
    const wanted = text.split(',').map((name) => name.trim())
    const unknown = wanted.find((name) => !names.includes(name))
    if (unknown === undefined) return wanted
    throw new InvalidArgumentError(`There is no "${unknown}"; there are ${names.join(', ')}.`)
  }
  const command = new Command('bench')
    .description('Measures vouch against limits that are measured in the same run; see docs/performance.md.')
    .option('--events <sizes>', 'sizes of the log', parseSizes, [100_000, 1_000_000])
    .option('--only <names>', `of ${names.join(', ')}`, chosen)
    .option('--runs <n>', 'how often (default: 3; once from 10m on)', countFrom(1))
    .option('--live-seconds <s>', 'how long events are sent live', countFrom(5), 20)
    .option('--dir <folder>', 'where to work (default: a folder for temporary files)')
    .option('--keep', 'leave the logs and folders there')
    .option('--folder <folder>', 'the data folder that --keep has left for that size, in place of an import')
    .option('--json', 'print one JSON object and no table')
    .option('--write', 'put the results into docs/performance')
    .parse(argv ?? process.argv)
  const options = command.opts<Options>()
  if (options.folder !== undefined && options.events.length > 1)
    command.error('error: --folder has the events of one size; name it with --events.')
  return options
}
