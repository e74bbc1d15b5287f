import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { auditTables, laws, randomFrom } from '../../packages/testing/src/index.ts'
import { attribution } from '../../projections/attribution/src/index.ts'
import { events } from '../../projections/events/src/index.ts'
import { directedLogs } from './folds/directed/index.ts'
import { ruleMutants, siteMutants } from './folds/list/index.ts'
import { type FoldMutant, mutated, root, staleOnes } from './folds/mutant.ts'
import { tryFolds } from './folds/trial.ts'
import { problemsOf } from './outcome.ts'
import { rowsOf } from './stored.ts'

const sites = siteMutants()

/** A way to be wrong in one file. */
const inSplit = (name: string, old: string, instead: string): FoldMutant => ({
  name,
  file: 'packages/domain/src/split.ts',
  old,
  new: instead,
})

describe('the lists of mutants', () => {
  it('have at least sixty mistakes in rules, each of which can be made', () => {
    expect(ruleMutants.length).toBeGreaterThanOrEqual(60)
    expect(staleOnes(ruleMutants)).toEqual([])
    const names = ruleMutants.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('have a small change in every place, and no equivalent that is no more', () => {
    expect(sites.mutants.length).toBeGreaterThan(500)
    expect(sites.unknown).toEqual([])
    expect(staleOnes(sites.mutants)).toEqual([])
  })

  it('say so when a text is no longer there, is there twice, or stays as it is', () => {
    expect(() => mutated(inSplit('it', 'const parts', ''), 'nothing like it')).toThrow(
      'packages/domain/src/split.ts has 0 places for "it", not one: "const parts"; bring the list up to date',
    )
    expect(() => mutated(inSplit('it', 'a', ''), 'a a')).toThrow('has 2 places for "it"')
    expect(staleOnes([inSplit('it', 'const parts', 'const parts')])).toEqual(['"it" changes nothing'])
  })

  it('are all on the page of the docs, with every law', () => {
    const page = readFileSync(join(root, 'docs/proof/auditor.md'), 'utf8')
    const rows = new Set(page.split('\n').map((line) => line.split(' | ')[0]?.replace('| ', '')))
    const named = [...ruleMutants.map(({ name }) => name), ...laws.map(({ name }) => name)]
    expect(
      named.filter((name) => !rows.has(name)),
      'run npm run mutate -- --write',
    ).toEqual([])
  })
})

describe('the logs for rare cases', () => {
  it.each(directedLogs)('$name: the auditor is content with the real fold', ({ log }) => {
    expect(auditTables(log, rowsOf(log, [events, attribution]))).toEqual([])
  })
})

describe('a trial of folds', () => {
  it('tells what is noticed from what is not, what fails and what never ends', async () => {
    const mutants = [
      inSplit('half as much', '(left === 0n) return parts', '(left === 0n) return parts.map((part) => part / 2n)'),
      inSplit('nothing', 'const parts', 'const  parts'),
      inSplit('fails', 'const parts', "throw new Error('as told')\n  const parts"),
      inSplit('never ends', 'const parts', 'for (;;) {}\n  const parts'),
    ]
    const judged = await tryFolds(mutants, { logs: 4, patienceMs: 8000 })
    expect(judged.map(({ mutant, verdict }) => [mutant.name, verdict.noticed, verdict.log])).toEqual([
      ['half as much', 'by the auditor', 'randomLog(1, {})'],
      ['nothing', undefined, undefined],
      ['fails', 'it fails', 'randomLog(1, {})'],
      ['never ends', 'it does not end', undefined],
    ])
    const none = { tallies: [], missed: [], logs: 0 }
    const foldLogs = { random: 4, directed: directedLogs.length }
    expect(problemsOf({ tables: none, rules: judged, sites: [], foldLogs })).toEqual([
      'nobody noticed: packages/domain/src/split.ts: nothing (no log shows it)',
    ])
  })

  it('leaves nothing unnoticed in a part of all mutants', async () => {
    const random = randomFrom(3)
    const part = [...random.shuffled(ruleMutants).slice(0, 30), ...random.shuffled(sites.mutants).slice(0, 30)]
    const rules = await tryFolds(part, { logs: 60 })
    expect(
      problemsOf({
        tables: { tallies: [], missed: [], logs: 0 },
        rules,
        sites: [],
        foldLogs: { random: 60, directed: directedLogs.length },
      }),
    ).toEqual([])
  })
})
