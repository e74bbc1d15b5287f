import { StoreError } from '@vouch/event-store'
import { laws } from '@vouch/projections'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { published, story } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  await bench.append(published(), ...story)
})
afterAll(() => bench.close())

/** Puts a named double in the place of a part while something is done. */
async function having<T>(part: object, doubles: Record<string, unknown>, task: () => Promise<T>): Promise<T> {
  for (const [name, value] of Object.entries(doubles))
    Object.defineProperty(part, name, { value, configurable: true, writable: true })
  try {
    return await task()
  } finally {
    for (const name of Object.keys(doubles)) Reflect.deleteProperty(part, name)
  }
}

describe('vouch doctor', () => {
  it('marks what is bad, tells the rest all the same, and exits with 1', async () => {
    const check = async () => ['wrong # of entries in index events_identity']
    const progress = async () => ({ position: 7n, head: 11n, lagMs: 1500 })
    const { code, out, err } = await having(bench.engine.store, { check }, () =>
      having(bench.engine.projector, { progress }, () => bench.run(['doctor', '--deep'])),
    )
    expect({ code, err }).toEqual({ code: 1, err: 'Not all is well: see the lines marked BAD.\n' })
    expect(out).toContain(
      'BAD  log integrity: wrong # of entries in index events_identity; bring back a copy of log.db\n',
    )
    expect(out).toContain('ok   projection: at 7 of 11, 1500 ms behind\n')
    expect(out).toContain('ok   keys: none: a server binds to loopback only\n')
  })

  it('says so in JSON, too', async () => {
    const failure = new StoreError({ tag: 'store-full', message: 'The log is full.' })
    const { code, out } = await having(bench.engine.projector, { failure }, () => bench.run(['doctor', '--json']))
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([{ what: 'projection', ok: false, detail: 'The log is full.' }]),
    })
  })
})

describe('vouch verify', () => {
  const [law] = laws

  it('names the laws that are broken, and exits with 1', async () => {
    const { warehouse } = bench.engine
    const real = warehouse.rows
    const broken = async (query: string, params?: Record<string, unknown>) =>
      query.includes(law?.query('vouch') ?? '-') ? [{ program_id: 'summer', off: '0.01' }] : real(query, params)
    Object.assign(warehouse, { rows: broken })
    const { hash } = await bench.engine.chain.catchUp()
    const text = await bench.run(['verify'])
    const json = await bench.run(['verify', '--json'])
    Object.assign(warehouse, { rows: real })
    expect(text).toEqual({
      code: 1,
      out:
        `law "${law?.name}" (${law?.says}) is broken by 1 rows, first {"program_id":"summer","off":"0.01"}\n` +
        `The log is as it was sealed (0 seals); now it is 11:${hash}.\n`,
      err: 'The tables are not what the log says; run vouch rebuild, and keep a copy of the data folder to find out why.\n',
    })
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      position: 11,
      laws: laws.length,
      differences: [],
      broken: [{ law: law?.name, says: law?.says, rows: 1, first: { program_id: 'summer' } }],
    })
  })
})
