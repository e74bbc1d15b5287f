import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from './testing/bench.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

describe('wrong usage', () => {
  it.each([
    [['--nope'], "Unknown option '--nope'; vouch --help shows what there is.\n"],
    [['bogus'], "Unknown command 'bogus'; vouch --help shows what there is.\n"],
    [['verfy'], "Unknown command 'verfy' (Did you mean verify?); vouch --help shows what there is.\n"],
    [
      ['--data', 'verify', 'verfy'],
      "Unknown command 'verfy' (Did you mean verify?); vouch --help shows what there is.\n",
    ],
    [['constructor'], "Unknown command 'constructor'; vouch --help shows what there is.\n"],
    [['sql'], "Missing required argument 'query'; vouch sql --help shows what there is.\n"],
    [
      ['sql', 'SELECT 1', 'x'],
      "Too many arguments for 'sql'. Expected 1 argument but got 2: SELECT 1, x; vouch sql --help shows what there is.\n",
    ],
    [
      ['keys', 'create'],
      "Required option '--scopes <list>' not specified; vouch keys create --help shows what there is.\n",
    ],
    [
      ['keys', 'create', '--scopes', 'root'],
      "Option '--scopes <list>' argument 'root' is invalid. \"root\" is no scope; there are ingest, read, finance, admin; vouch keys create --help shows what there is.\n",
    ],
    [
      ['rebuild', '--to-position', '-1'],
      "Option '--to-position <position>' argument '-1' is invalid. It must be a log position, a whole number from 0; vouch rebuild --help shows what there is.\n",
    ],
    [
      ['start', '--port', '99999'],
      "Option '--port <port>' argument '99999' is invalid. It must be a port, 0 to 65535; vouch start --help shows what there is.\n",
    ],
    [
      ['start', '--port', ''],
      "Option '--port <port>' argument '' is invalid. It must be a port, 0 to 65535; vouch start --help shows what there is.\n",
    ],
    [
      ['doctor', '--data', ''],
      "Option '--data <dir>' argument '' is invalid. Name a folder; vouch --help shows what there is.\n",
    ],
  ])('%j', async (argv, err) => {
    expect(await bench.run(argv)).toEqual({ code: 2, out: '', err })
  })

  it.each([[['keys']], [['program']], [['explain']], [[]]])('%j shows what there is', async (argv) => {
    expect(await bench.run(argv)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^Usage: vouch/) })
  })

  it.each([[['--help']], [['-h']], [['--data', 'd', '--help']], [['help']]])('%j lists all', async (argv) => {
    const { code, out } = await bench.run(argv)
    expect(code).toBe(0)
    expect(out.match(/^ {2}[a-z]+ /gm)?.map((name) => name.trim())).toEqual(
      `demo start import program sql explain payouts ledger statements reconcile statement report periods rebuild generation
      verify doctor log personal forget keys warehouse help`.split(/\s+/),
    )
  })

  it('is not what --help is', async () => {
    const { code, out, err } = await bench.run(['keys', 'create', '--help'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Usage: vouch keys create \[options\]\n\nmake a key; its token is shown this once\n/)
  })
})

describe('a server within a server', () => {
  it('is none', async () => {
    expect(await bench.run(['start'])).toEqual({
      code: 1,
      out: '',
      err: 'A server runs on this data folder already.\n',
    })
  })
})

describe('a defect', () => {
  it('is shown with where it is, as the mistakes of users are not', async () => {
    const real = bench.engine.warehouse.rows
    Object.assign(bench.engine.warehouse, { rows: () => Promise.reject(new TypeError('this should never be')) })
    const { code, err } = await bench.run(['verify'])
    Object.assign(bench.engine.warehouse, { rows: real })
    expect(code).toBe(1)
    expect(err).toMatch(/^Unexpected: TypeError: this should never be\n +at /)
  })
})
