// Measures vouch against limits that are measured in the same run; see docs/performance.md.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startProgress } from '../../services/vouch/src/progress.ts'
import { type Measurement, openWorkshop } from './bench.ts'
import { chart } from './chart.ts'
import { type Kept, keep } from './figure.ts'
import { measureHttp } from './http.ts'
import { commit, load, machine } from './machine.ts'
import { append } from './measurements/append.ts'
import { cost } from './measurements/cost.ts'
import { httpMeasurement } from './measurements/http.ts'
import { live } from './measurements/live.ts'
import { memory } from './measurements/memory.ts'
import { queriesMeasurement } from './measurements/queries.ts'
import { rebuild } from './measurements/rebuild.ts'
import { size } from './measurements/size.ts'
import { terms } from './measurements/terms.ts'
import { visitors } from './measurements/visitors.ts'
import { type Options, readOptions, runsFor } from './options.ts'
import { askQueries } from './phases/queries.ts'
import { figureTable, goalTable, replaceBetween, report } from './report.ts'
import { joined, type Results, readResults, withGoals } from './results.ts'

/** In the order in which they are made. */
const measurements: readonly Measurement[] = [
  append,
  httpMeasurement(measureHttp),
  size,
  live,
  queriesMeasurement(askQueries),
  memory,
  rebuild,
  cost,
  visitors,
  terms,
]

const documents = new URL('../../docs/', import.meta.url)
const options = readOptions(measurements.map(({ name }) => name))
if (options.folder !== undefined && !existsSync(join(options.folder, 'log.db'))) {
  console.error(`error: ${options.folder} is no data folder, for it has no log.db; give the one that --keep has left.`)
  process.exit(1)
}
const base = options.dir === undefined ? tmpdir() : resolve(options.dir)
mkdirSync(base, { recursive: true })
const folder = mkdtempSync(join(base, 'vouch-bench-'))
const progress = startProgress(process.stderr)
const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
try {
  const results = await measure(options)
  progress.stop()
  if (options.json) console.log(JSON.stringify(withGoals(results), undefined, 2))
  else console.log(`${goalTable(results.figures)}\n\n${figureTable(results.figures)}`)
  for (const note of results.notes) console.error(note)
} finally {
  progress.stop()
  if (options.keep) console.error(`Logs and folders lie in ${folder}.`)
  else rmSync(folder, { recursive: true, force: true })
}

async function measure({ events: sizes, only, runs, liveSeconds, folder: given }: Options): Promise<Results> {
  const loadBefore = load()
  let shown = ''
  const workshop = openWorkshop({
    folder,
    liveSeconds,
    given: given === undefined ? undefined : resolve(given),
    signal: stop.signal,
    onProgress(label, [done, total]) {
      if (label !== shown && !process.stderr.isTTY) console.error(label)
      shown = label
      progress.update(label, done, total)
    },
  })
  const figures: Kept[] = []
  const run = {
    day: new Date().toISOString().slice(0, 10),
    commit: commit(),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    machine: await machine(workshop.at(sizes[0] as number, 1), loadBefore),
    notes: workshop.notes,
    figures,
  }
  for (const size of sizes) {
    const bench = workshop.at(size, runs ?? runsFor(size))
    for (const { name, measure } of measurements) {
      if (!(only?.includes(name) ?? true)) continue
      figures.push(...(await measure(bench)).map((figure) => keep(figure, run.day)))
      // What hours have shown is not lost when the next hour fails.
      if (options.write) await write(run)
    }
    if (!options.keep) rmSync(join(folder, String(size)), { recursive: true, force: true })
  }
  return run
}

/** Puts the results in their place in the documents; what was not measured this time stays as it was. */
async function write(newer: Results): Promise<void> {
  const at = (name: string) => new URL(name, documents)
  const results = joined(readResults(at('performance/results.json')), newer)
  mkdirSync(at('performance/'), { recursive: true })
  writeFileSync(at('performance/results.json'), `${JSON.stringify(withGoals(results), undefined, 2)}\n`)
  writeFileSync(at('performance/ratios.svg'), await chart(results.figures))
  const document = at('performance.md')
  const text = report(results, readResults(at('performance/before.json')))
  writeFileSync(document, replaceBetween(readFileSync(document, 'utf8'), 'results', text))
}
