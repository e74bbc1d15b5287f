// Falsifies tables and folds in every way, and has the auditor look at each. Prints what was missed, and exits 1 if anything was.
// With --write it also writes the page of the docs that lists all of it. --part tables, rules, sites or books does that part
// alone; the books have no page.
import { execFileSync, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tryBooks } from '../test/mutations/books.ts'
import { directedLogs } from '../test/mutations/folds/directed/index.ts'
import { ruleMutants, siteMutants } from '../test/mutations/folds/list/index.ts'
import { type FoldMutant, staleOnes } from '../test/mutations/folds/mutant.ts'
import { type Judged, tryFolds } from '../test/mutations/folds/trial.ts'
import { countOf, type Outcome, problemsOf, rate } from '../test/mutations/outcome.ts'
import { reportOf } from '../test/mutations/report.ts'
import { falsifyTables } from '../test/mutations/tables/logs.ts'

const page = join(import.meta.dirname, '../docs/proof/auditor.md')
const parts = ['tables', 'rules', 'sites', 'books'] as const
const randomLogs = 60

async function main(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { write: { type: 'boolean' }, part: { type: 'string' } } })
  const { write = false, part } = values
  if (part !== undefined && (write || !(parts as readonly string[]).includes(part))) {
    console.error('Usage: npm run mutate -- [--write | --part tables|rules|sites|books]')
    return 2
  }
  const wanted = (name: (typeof parts)[number]) => part === undefined || part === name
  // Tables and books take one processor each; folds take two.
  const books = part === undefined ? partInItsOwnProcess('books') : undefined
  const sites = wanted('sites') ? siteMutants() : { mutants: [], unknown: [] }
  const rules = wanted('rules') ? ruleMutants : []
  const stale = [...staleOnes([...rules, ...sites.mutants]), ...sites.unknown]
  const outcome: Outcome = {
    tables: wanted('tables') ? falsifyTables(say) : { tallies: [], missed: [], logs: 0 },
    rules: await judge('mistakes in rules', stale.length > 0 ? [] : rules),
    sites: await judge('small changes', stale.length > 0 ? [] : sites.mutants),
    foldLogs: { random: randomLogs, directed: directedLogs.length },
  }
  summarise(outcome)
  const problems = [...stale, ...problemsOf(outcome)]
  if (part === 'books') problems.push(...(await falsifyBooks()))
  if (books && (await books) !== 0) problems.push('the books: see above')
  for (const problem of problems) console.error(problem)
  if (write && problems.length === 0) writeFileSync(page, reportOf(outcome, { date: today(), commit: head() }))
  return problems.length === 0 ? 0 : 1
}

async function falsifyBooks(): Promise<readonly string[]> {
  const { mutants, problems } = await tryBooks((done, of) => say('books', done, of))
  console.log(`${mutants} small changes in the fold of the books, ${problems.length} of them not as they should be.`)
  return problems
}

/** Its exit code. */
function partInItsOwnProcess(name: (typeof parts)[number]): Promise<number | null> {
  const child = fork(import.meta.filename, ['--part', name])
  return new Promise((resolve) => {
    child.on('exit', resolve)
  })
}

async function judge(what: string, mutants: readonly FoldMutant[]): Promise<readonly Judged[]> {
  let count = 0
  const onJudged = () => {
    count += 1
    say(what, count, mutants.length)
  }
  return tryFolds(mutants, { logs: randomLogs, onJudged })
}

/** On a terminal, in place. */
function say(what: string, done: number, of: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r${what}: ${done} of ${of}${done === of ? '\n' : ''}`)
}

function summarise({ tables: { tallies }, rules, sites }: Outcome): void {
  const tried = tallies.reduce((sum, tally) => sum + tally.tried, 0)
  const noticed = tallies.reduce((sum, tally) => sum + tally.noticed, 0)
  const line = (what: string, all: number, seen: number) =>
    console.log(
      `${what.padEnd(20)}${String(all).padStart(7)} tried${String(seen).padStart(7)} noticed  ${rate(seen, all)}`,
    )
  if (tried > 0) line('falsified tables', tried, noticed)
  for (const [what, judged] of [
    ['mistakes in rules', rules],
    ['small changes', sites],
  ] as const) {
    const { mutants, equivalent, missed } = countOf(judged)
    if (mutants > 0) line(what, mutants - equivalent, mutants - equivalent - missed)
  }
}

const today = (): string => new Date().toISOString().slice(0, 10)
const head = (): string => execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()

process.exitCode = await main(process.argv.slice(2))
