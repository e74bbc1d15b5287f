// Simulates the whole pipeline under faults, seed by seed; see docs/proof/simulation.md. Exits 1 if a seed fails, or if some
// kind of fault never happened in a long run.
import { availableParallelism } from 'node:os'
import { Presets, SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { failureText, Report } from '../test/simulation/report.ts'
import { runSeeds } from '../test/simulation/run-seeds.ts'
import { sabotages } from '../test/simulation/sabotages.ts'
import { firstToNotice, simulate } from '../test/simulation/simulate.ts'

const number = (least: number) => (text: string) => {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 32) return value
  throw new InvalidArgumentError(`It is a whole number from ${least} on.`)
}

interface Options {
  readonly seeds: number
  readonly from: number
  readonly seed?: number
  readonly trace?: true
  readonly sabotages?: true
  readonly threads: number
}

const options = new Command('simulate')
  .description('Simulates the whole pipeline under faults; the same seed gives the same simulation, to the step.')
  .option('--seeds <n>', 'how many seeds', number(1), 300)
  .option('--from <seed>', 'the first of them', number(0), 1)
  .option('--seed <seed>', 'this one alone', number(0))
  .option('--trace', 'with --seed: print every step')
  .option('--sabotages', 'break the product in each known way, and print which seed notices')
  .option('--threads <n>', 'how many seeds at a time', number(1), availableParallelism())
  .parse()
  .opts<Options>()

const begun = performance.now()
const report = new Report()
if (options.sabotages) {
  await sabotage(options.seeds)
} else if (options.seed !== undefined) {
  const outcome = await simulate(options.seed)
  report.add(outcome)
  if (options.trace) for (const line of outcome.trace) console.log(line)
  console.log(`trace ${outcome.digest}`)
} else {
  await runMany(options)
}
if (!options.sabotages) {
  for (const outcome of report.failures) console.error(failureText(outcome))
  console.log(report.text((performance.now() - begun) / 1000))
}
if (!report.isGood) process.exitCode = 1

async function sabotage(seeds: number): Promise<void> {
  for (const one of sabotages) {
    const noticed = await firstToNotice(one, seeds)
    if (noticed === undefined) process.exitCode = 1
    console.log(
      `${one.name}: ${noticed ? `seed ${noticed.seed}, ${noticed.failure}` : `none of ${seeds} seeds notices`}`,
    )
  }
}

async function runMany({ from, seeds, threads }: Options): Promise<void> {
  const bar = process.stderr.isTTY
    ? new SingleBar(
        { format: '{bar} {value} of {total} seeds, {duration_formatted}', clearOnComplete: true },
        Presets.shades_classic,
      )
    : undefined
  bar?.start(seeds, 0)
  const stop = new AbortController()
  // What was simulated so far is reported all the same.
  process.once('SIGINT', () => stop.abort())
  try {
    await runSeeds({
      from,
      count: seeds,
      threads,
      maxFailures: 5,
      stop: stop.signal,
      onOutcome(outcome) {
        report.add(outcome)
        bar?.increment()
      },
    })
  } finally {
    bar?.stop()
  }
  report.failures.sort((a, b) => a.seed - b.seed)
}
