import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench, type Said } from '../testing/bench.ts'
import { type CloudEvent, event, published } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

let files = 0
async function stated(...rows: readonly string[]): Promise<void> {
  const name = `statement-${++files}.csv`
  writeFileSync(join(bench.dir, name), ['reference,beneficiary_id,amount,currency,status,date', ...rows, ''].join('\n'))
  const { code, err } = await bench.run(['statements', 'import', name])
  if (code !== 0) throw new Error(err)
}

async function json(...words: readonly string[]) {
  const { code, out, err } = await bench.run([...words, '--json'])
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

const who = ['ada', 'bea']

/** A batch of 10.00 EUR for each of two, whose instructions are out; their references. */
async function batch(programId: string): Promise<[string, string]> {
  const grants = who.map((advocateId) =>
    event('reward.granted', `g-${advocateId}`, '2026-03-01T00:00:00Z', {
      advocateId,
      amount: { value: '10.00', currency: 'EUR' },
      reason: 'thanks',
    }),
  )
  const own = [published(), ...grants].map(
    (it): CloudEvent => ({ ...it, id: `${programId}-${it.id}`, data: { ...(it.data as object), programId } }),
  )
  await bench.append(...own)
  const opened = await pay(programId, '2026-04-30')
  return opened.lines.map(({ reference }: { reference: string }) => reference)
}

async function pay(programId: string, asOf: string) {
  const opened = await json('payouts', 'open', '--program', programId, '--as-of', asOf, '--by', 'fay')
  await json('payouts', 'approve', opened.batchId, '--by', 'gil')
  await bench.run(['payouts', 'export', opened.batchId, '--format', 'csv'])
  return opened
}

const resolve = (reference: string, as: string, ...words: readonly string[]): Promise<Said> =>
  bench.run(['reconcile', 'resolve', reference, '--as', as, '--by', 'hal', '--reason', 'asked the bank', ...words])

const open = async (programId: string) => {
  const { code, out } = await bench.run(['reconcile', '--batch', `${programId}-1`, '--json'])
  const { lines } = JSON.parse(out) as { lines: { class: string; batchId: string; needsPerson: boolean }[] }
  return { code, needing: lines.filter((it) => it.needsPerson && it.batchId !== null).map((it) => it.class) }
}

const balances = async (programId: string) => {
  const rows = await bench.engine.warehouse.rows<{ account: string; money: string; balance: string }>(
    `SELECT account, toString(currency) AS money, toString(sum(amount)) AS balance FROM vouch.ledger WHERE program_id = {programId:String}
     GROUP BY account, currency HAVING sum(amount) != 0 ORDER BY account, currency`,
    { programId },
  )
  const own = rows.filter(({ account }) => !account.startsWith('expense:rewards'))
  return Object.fromEntries(own.map(({ account, money, balance }) => [`${account} ${money}`, balance]))
}

const payable = (programId: string, name: string) => `liability:payable:${programId}:advocate:${name} EUR`

describe('what is missing', () => {
  it.each([
    ['accept', () => ({ 'asset:cash:bank EUR': '-20' })],
    ['write-off', () => ({ 'asset:cash:bank EUR': '-10', 'expense:written-off EUR': '-10' })],
    ['retry', (program: string) => ({ 'asset:cash:bank EUR': '-10', [payable(program, 'bea')]: '-10' })],
  ])('is resolved as %s, with who and why', async (as, expected) => {
    const program = `missing-${as}`
    const [ada, bea] = await batch(program)
    await stated(`${ada},ada,10.00,EUR,settled,2026-05-04`)
    expect(await open(program)).toStrictEqual({ code: 1, needing: ['missing'] })
    const { code, out } = await resolve(bea, as, '--json')
    const line = { class: 'missing', batchId: `${program}-1`, reference: bea, needsPerson: false }
    expect([code, JSON.parse(out)]).toMatchObject([
      0,
      {
        changed: true,
        lines: [{ ...line, resolution: { as, by: 'hal', reason: 'asked the bank', on: '2026-07-01', rate: null } }],
      },
    ])
    expect(await balances(program)).toStrictEqual(expected(program))
    expect(await open(program)).toStrictEqual({ code: 0, needing: [] })
    // The same word again changes nothing.
    expect(JSON.parse((await resolve(bea, as, '--json')).out)).toMatchObject({ changed: false })
    const rows = await bench.engine.warehouse.rows<Record<string, string>>(
      `SELECT toString(class) AS of, toString(resolution) AS way, toString(actor) AS who, reason AS why FROM vouch.resolutions WHERE reference = {bea:String}`,
      { bea },
    )
    expect(rows).toStrictEqual([{ of: 'missing', way: as, who: 'hal', why: 'asked the bank' }])
  })

  it('and was paid again is never paid twice in silence, when a statement names it later', async () => {
    const [ada, bea] = await batch('late')
    await stated(`${ada},ada,10.00,EUR,settled,2026-05-04`)
    await resolve(bea, 'retry')
    const again = await pay('late', '2026-07-01')
    expect(again.totals).toStrictEqual({ EUR: '10.00' })
    await stated(`${again.lines[0].reference},bea,10.00,EUR,settled,2026-07-02`)
    await stated(`${bea},bea,10.00,EUR,settled,2026-05-20`)
    expect(await open('late')).toStrictEqual({ code: 1, needing: ['settled'] })
    expect((await balances('late'))['asset:cash:bank EUR']).toBe('-20')
    expect((await resolve(bea, 'write-off')).err).toMatch(/paid as instructed, so nothing is open; .* as accept\.\n$/)
    expect((await resolve(bea, 'accept')).code).toBe(0)
    expect(await balances('late')).toStrictEqual({ 'asset:cash:bank EUR': '-30', [payable('late', 'bea')]: '10' })
    expect(await open('late')).toStrictEqual({ code: 0, needing: [] })
  })

  it('and is accepted, is confirmed by a statement that says the same', async () => {
    const [ada, bea] = await batch('confirmed')
    await stated(`${ada},ada,10.00,EUR,settled,2026-05-04`)
    await resolve(bea, 'accept')
    await stated(`${bea},bea,10.00,EUR,settled,2026-05-20`)
    expect(await open('confirmed')).toStrictEqual({ code: 0, needing: [] })
    expect(await balances('confirmed')).toStrictEqual({ 'asset:cash:bank EUR': '-20' })
  })
})

describe('what differs', () => {
  it('in amount is paid as it was, and the rest is owed, or given up', async () => {
    const [ada, bea] = await batch('amount')
    await stated(`${ada},ada,7.00,EUR,settled,2026-05-04`, `${bea},bea,12.00,EUR,settled,2026-05-04`)
    await resolve(ada, 'accept')
    await resolve(bea, 'accept')
    expect(await balances('amount')).toStrictEqual({
      'asset:cash:bank EUR': '-19',
      [payable('amount', 'ada')]: '-3',
      [payable('amount', 'bea')]: '2',
    })
    expect((await resolve(ada, 'write-off')).err).toMatch(
      /was resolved by hal on 2026-07-01: accept\. .* add --correct\.\n/,
    )
    await resolve(ada, 'write-off', '--correct')
    expect(await balances('amount')).toStrictEqual({
      'asset:cash:bank EUR': '-19',
      'expense:written-off EUR': '-3',
      [payable('amount', 'bea')]: '2',
    })
  })

  it('in currency is converted by the rate that is recorded, and the difference is booked', async () => {
    const [ada, bea] = await batch('currency')
    await stated(`${ada},ada,10.83,USD,settled,2026-05-04`, `${bea},bea,11.00,USD,settled,2026-05-04`)
    expect((await resolve(ada, 'accept')).err).toMatch(
      /paid in USD and is due in EUR: name with --rate how much EUR one USD is/,
    )
    await resolve(ada, 'accept', '--rate', '0.9231')
    await resolve(bea, 'write-off', '--rate', '0.9231')
    // 10.83 USD are 9.997173, so 10.00 EUR; 11.00 USD are 10.1541, so 10.15.
    expect(await balances('currency')).toStrictEqual({
      'asset:cash:bank USD': '-21.83',
      'equity:exchange EUR': '-20.15',
      'equity:exchange USD': '21.83',
      'expense:written-off EUR': '0.15',
    })
    expect(await open('currency')).toStrictEqual({ code: 0, needing: [] })
  })
})

describe('a line of a statement alone', () => {
  it('that pays twice is owed back, a cost, or told twice; the next batch nets it off', async () => {
    const [ada] = await batch('twice')
    await stated(
      `${ada},ada,10.00,EUR,settled,2026-05-04`,
      `${ada},ada,10.00,EUR,settled,2026-05-05`,
      `${ada},ada,10.00,EUR,settled,2026-05-06`,
      `${ada},ada,10.00,EUR,settled,2026-05-07`,
    )
    const several = await resolve(ada, 'accept')
    expect(several.err).toMatch(
      /^Several lines of \w+ need a person; name one with --line: (\S+ \(duplicate, settled 10.00 EUR on 2026-05-0[567]\)(, |\.)){3}/,
    )
    const ids = [...several.err.matchAll(/([0-9a-f-]{36}) \(/g)].map(([, id]) => id ?? '')
    expect((await resolve(ada, 'retry', '--line', ids[0] ?? '')).err).toMatch(
      /can be resolved as accept, write-off, disregard\.\n/,
    )
    await resolve(ada, 'accept', '--line', ids[0] ?? '')
    await resolve(ada, 'write-off', '--line', ids[1] ?? '')
    await resolve(ada, 'disregard', '--line', ids[2] ?? '')
    expect(await balances('twice')).toStrictEqual({
      'asset:cash:bank EUR': '-30',
      'expense:written-off EUR': '10',
      'liability:in-transit:twice-1 EUR': '-10',
      [payable('twice', 'ada')]: '10',
    })
  })

  it('that nobody knows can be written off or disregarded, and nothing else', async () => {
    await stated('NOBODY-1,,4.00,EUR,settled,2026-05-04', 'NOBODY-2,zoe,5.00,EUR,settled,2026-05-04')
    expect((await resolve('NOBODY-1', 'accept')).err).toBe(
      'NOBODY-1 is unexpected, and it is not known who got the money, so nobody can owe it; it can be resolved as write-off, disregard.\n',
    )
    await resolve('NOBODY-1', 'write-off')
    await resolve('NOBODY-2', 'disregard')
    expect(await balances('statements')).toStrictEqual({ 'asset:cash:bank EUR': '-4', 'expense:written-off EUR': '4' })
  })

  it('that paid somebody else is owed by them', async () => {
    const [ada, bea] = await batch('swapped')
    await stated(`${ada},bea,10.00,EUR,settled,2026-05-04`, `${bea},bea,10.00,EUR,settled,2026-05-04`)
    expect(await open('swapped')).toStrictEqual({ code: 1, needing: ['missing'] })
    await resolve(ada, 'retry', '--line', 'instruction')
    await resolve(ada, 'accept')
    expect(await balances('swapped')).toStrictEqual({
      'asset:cash:bank EUR': '-20',
      [payable('swapped', 'ada')]: '-10',
      [payable('swapped', 'bea')]: '10',
    })
  })

  it('and those who resolve it at once are heard once', async () => {
    const [ada, bea] = await batch('race')
    await stated(`${ada},ada,10.00,EUR,settled,2026-05-04`)
    const both = await Promise.all([resolve(bea, 'retry'), resolve(bea, 'accept')])
    expect(both.map(({ code }) => code).sort()).toStrictEqual([0, 1])
    const booked = await balances('race')
    expect(booked['asset:cash:bank EUR'] === '-20' || booked[payable('race', 'bea')] === '-10').toBe(true)
  })
})

it('a wrong word is refused', async () => {
  expect((await resolve('no such', 'accept')).err).toBe(
    'No instruction and no line of a statement has the reference no such; vouch reconcile lists those there are.\n',
  )
  const bad = [
    ['--as', 'forget', '--by', 'hal', '--reason', 'x'],
    ['--as', 'accept', '--by', 'hal', '--reason', ' '],
    ['--as', 'accept', '--reason', 'x'],
    ['--as', 'accept', '--by', 'hal', '--reason', 'x', '--rate', '-1'],
  ]
  for (const words of bad) expect((await bench.run(['reconcile', 'resolve', 'R', ...words])).code).toBe(2)
})

it('all of it holds', async () => {
  const { code, err } = await bench.run(['verify'])
  expect([code, err]).toStrictEqual([0, ''])
})
