import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

describe('vouch sql', () => {
  it.each([
    ['SELECT 1 AS a, toDecimal64(2.5, 4) AS b', [], 'a\tb\n1\t2.5\n'],
    ['SELECT toDecimal64(2.5, 4) AS b', ['--format', 'JSONEachRow'], '{"b":"2.5"}\n'],
    ["SELECT 'a,b' AS b", ['--format', 'csv'], '"a,b"\n'],
    ['SELECT 7 AS n FORMAT JSONEachRow', [], '{"n":7}\n'],
    ['SELECT {n:UInt8} + 1 AS n, {t:String} AS t', ['--param', 'n=41', '--param', 't=a = b'], 'n\tt\n42\ta = b\n'],
    ['SELECT count() AS n FROM touches', [], 'n\n0\n'],
    ["SHOW TABLES LIKE 'reward%'", ['--format', 'TSV'], 'rewards\n'],
  ])('%s %j', async (query, flags, out) => {
    expect(await bench.run(['sql', query, ...flags])).toEqual({ code: 0, out, err: '' })
  })

  it('draws a table on a terminal', async () => {
    const { out } = await bench.run(['sql', 'SELECT 1 AS a, 22 AS b'], { columns: 80 })
    expect(out).toBe(['   ┌─a─┬──b─┐', '1. │ 1 │ 22 │', '   └───┴────┘', ''].join('\n'))
  })

  it.each([
    ['DROP TABLE events', [], 1, /^Only reading is allowed; ask with SELECT, or with SHOW/],
    ["SELECT * FROM file('/etc/passwd')", [], 1, /^The table function file is not allowed;/],
    ['SELECT 1; SELECT 2', [], 1, /^One statement at a time; ask them one by one\.\n$/],
    ['SELECT nope FROM touches', [], 1, /^Unknown expression identifier `nope`/],
    ['SELEC 1', [], 1, /^Syntax error/],
    ['', [], 1, /^Syntax error|^Empty query/],
    ['SELECT 1', ['--format', 'Bogus'], 1, /^The format Bogus is not known/],
    ['SELECT {n:UInt8}', [], 1, /^Substitution `n` is not set/],
    ['SELECT 1', ['--param', 'n'], 2, /^--param n has no value; write --param name=value\.\n$/],
    ['SELECT 1', ['--param', 'a-b=1'], 1, /^The parameter "a-b" has no plain name/],
    ['SELECT throwIf(number = 100000) FROM numbers(1000000)', ['--format', 'TSV'], 1, /FUNCTION_THROW_IF/],
    ['SELECT 1', ['--format', ''], 1, /^The format {2}is not known/],
  ])('refuses %s %j with a sentence', async (query, flags, code, says) => {
    const ended = await bench.run(['sql', query, ...flags])
    expect(ended).toMatchObject({ code, err: expect.stringMatching(says) })
    expect(ended.err).not.toMatch(/^ +at /m)
  })

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const ended = bench.run(['sql', 'SELECT count() FROM numbers(1000000000000)'], { signal: stop.signal })
    setTimeout(() => stop.abort(), 100)
    expect(await ended).toEqual({
      code: 130,
      out: '',
      err: 'Stopped; what was acknowledged is kept, and the same command completes the rest.\n',
    })
  })
})
