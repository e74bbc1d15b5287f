import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { summerTerms } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

describe('vouch program publish', () => {
  it.each([
    {
      what: 'terms that do not fit',
      text: summerTerms.replace('last-touch', 'best-touch'),
      code: 1,
      err: 'terms: data.attribution.rewardBy is the text "best-touch"; write one of first-touch, last-touch, linear, position-based, time-decay (did you mean last-touch?).\n',
    },
    { what: 'a list', text: '- summer\n', code: 1, err: 'terms: data is a list; write an object.\n' },
    { what: 'nothing', text: '', code: 1, err: 'terms is empty; write the whole terms of a program.\n' },
    {
      what: 'no YAML',
      text: 'name: "Summer\n',
      code: 1,
      err: 'terms is no YAML: Missing closing "quote at line 2, column 1; correct it there.\n',
    },
  ])('refuses $what with a sentence', async ({ text, code, err }) => {
    writeFileSync(join(bench.dir, 'terms'), text)
    expect(await bench.run(['program', 'publish', 'terms'])).toEqual({ code, out: '', err })
  })
})
