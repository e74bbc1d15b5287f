import { laws, rowsLaw, tableNames } from '../../packages/testing/src/index.ts'
import type { Judged } from './folds/trial.ts'
import { countOf, type Outcome, rate } from './outcome.ts'
import type { Tally } from './tables/trial.ts'

/** The page of the docs on the auditor: laws, mutations and catch rates. */
export function reportOf(outcome: Outcome, { date, commit }: { date: string; commit: string }): string {
  return `${[
    introduction,
    `Made by \`npm run mutate -- --write\` on ${date}, at commit \`${commit}\`.`,
    '## Laws',
    table(
      ['law', 'says'],
      [rowsLaw, ...laws].map(({ name, says }) => [name, says]),
    ),
    ...tablesPart(outcome.tables),
    ...rulesPart(outcome),
    ...sitesPart(outcome.sites),
    findings,
  ].join('\n\n')}\n`
}

const introduction = `# The auditor, and what he notices

The auditor ([packages/testing/src/auditor](../../packages/testing/src/auditor)) is given a raw log and the rows of all tables,
as a fold gives them or as ClickHouse answers them. He works out by brute force, from all events up to each position, which rows
each event calls for, in every column, and checks laws besides. He shares no code with the fold or with \`packages/domain\`.

Whoever believes him should know what he would miss. So right tables are falsified in every way we could think of, and mistakes
are put into the fold and its rules; each of these mutants must be noticed.

- \`npm test\` falsifies the tables of two busy logs in every way, and tries a part of the folds.
- \`npm run mutate\` does all that is on this page, and exits with 1 if a mutant is missed, if a listed mutant can no longer be
  made, or if one that is listed as equivalent is noticed after all. CI runs it.`

function tablesPart({ tallies, logs }: Outcome['tables']): string[] {
  const rows = [...Map.groupBy(tallies, ({ kind }) => kind)].map(([kind, own]) => {
    const [tried, noticed, equivalent] = [sum(own, 'tried'), sum(own, 'noticed'), sum(own, 'equivalent')]
    const alone = own.reduce((all, { byLaw }) => all + byLaw, 0)
    return [kind, String(tried), String(equivalent), rate(noticed, tried), rate(alone, tried)]
  })
  return [
    '## Falsified tables',
    `The tables of ${logs} random logs, each falsified in each of these ways. Equivalent are those that came out as the same
rows after all. The last column counts those that one of the laws notices by itself, without looking at rows one by one.`,
    table(['kind', 'tried', 'equivalent', 'noticed', 'by a law alone'], rows),
    'Cells, by table. Every column of every table was altered, in several ways and rows; position and line have kinds of their own.',
    table(
      ['table', 'columns', 'tried', 'noticed'],
      tableNames.map((name) => cellsOf(name, tallies)),
    ),
    free,
  ]
}

const free = `Two sets of tables are equivalent if they have the same rows by table, position and every column, and number the rows of
each event from 0 on. Nothing is promised, and so nothing is noticed, of

- which row of one event has which number;
- zeros at the end of a decimal, and the sign of zero;
- the order of fields within JSON, a whole number written as text there, and empty lists and objects, which ClickHouse does not
  keep apart from none;
- an event that says what stands already (a touch thrown out twice, a correction that leaves the net as it was): it is in
  \`events\` and has no other row.`

function cellsOf(name: string, tallies: readonly Tally[]): string[] {
  const own = tallies.filter(({ kind, table: of }) => kind === 'one cell is altered' && of === name)
  const tried = sum(own, 'tried')
  return [name, own.map(({ column }) => column).join(', '), String(tried), rate(sum(own, 'noticed'), tried)]
}

function rulesPart({ rules, foldLogs: { random, directed } }: Outcome): string[] {
  const { mutants, equivalent, byAuditor, fails } = countOf(rules)
  const noticed = rules.filter(({ mutant }) => mutant.equivalent === undefined)
  return [
    '## Folds with a mistake',
    `${mutants} mistakes in rules, each tried on ${random} random logs and ${directed} written for what hardly ever meets by chance,
with a state that forgets what is changed and not put. The auditor notices ${byAuditor} of the ${mutants - equivalent} that are not
equivalent (${rate(byAuditor, mutants - equivalent)})${fails > 0 ? `; ${fails} fail` : ''}.`,
    table(
      ['mistake', 'in', 'breaks'],
      noticed.map(({ mutant, verdict }) => [mutant.name, shortName(mutant.file), (verdict.by ?? []).join(', ')]),
    ),
    'Equivalent, because no log could tell:',
    table(['change', 'in', 'why'], equivalentRows(rules)),
  ]
}

function sitesPart(sites: readonly Judged[]): string[] {
  const rows = [...Map.groupBy(sites, ({ mutant }) => mutant.file)].map(([file, own]) => {
    const { mutants, byAuditor, fails, endless, equivalent } = countOf(own)
    const seen = byAuditor + fails + endless
    return [
      shortName(file),
      ...[mutants, byAuditor, fails + endless, equivalent].map(String),
      rate(seen, mutants - equivalent),
    ]
  })
  const all = countOf(sites)
  return [
    '## A small change in every place',
    `Each operator for its neighbour, each constant for another, each statement left out, one at a time: ${all.mutants} folds.
Some fail or never end, which nobody overlooks.`,
    table(['file', 'changes', 'noticed by the auditor', 'fails', 'equivalent', 'noticed'], rows),
    'Equivalent, because no log could tell:',
    table(['change', 'in', 'why'], equivalentRows(sites)),
  ]
}

const equivalentRows = (judged: readonly Judged[]): string[][] =>
  judged.flatMap(({ mutant: { name, file, equivalent } }) =>
    equivalent === undefined ? [] : [[name, shortName(file), equivalent]],
  )

const findings = `## What he found

When he was first let loose he found, beside what the comparison with the oracle had found before:

- A link that came beyond the horizon counted once later terms took it in, but was never listed in \`links\`. Fixed, with a spec.
- \`vouch verify\` called it a broken law when a program changed its currency over a reward that it had paid: the reward keeps
  its name, and the law summed both currencies. Fixed; all logs of this page are put into ClickHouse and held to those laws too.`

const shortName = (file: string): string =>
  file.replace('packages/domain/src/', 'domain/').replace('projections/', '').replace('/src/', '/')

const sum = (tallies: readonly Tally[], what: 'tried' | 'noticed' | 'equivalent'): number =>
  tallies.reduce((all, tally) => all + tally[what], 0)

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`).join('\n')

const escaped = (cell: string): string => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
