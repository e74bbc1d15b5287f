import { isLeft } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLaws } from '../commands/verify.ts'
import { type Bench, openBench } from '../testing/bench.ts'
import { event, published } from '../testing/samples.ts'
import { convertBalances } from './convert.ts'
import { openPayout } from './payouts.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

/** A program without a hold, and what it has granted: 'anna 10.00 USD'. */
async function program(programId: string, ...granted: readonly string[]): Promise<void> {
  const own = (it: ReturnType<typeof event>) => ({
    ...it,
    id: `${programId}-${it.id}`,
    data: { ...(it.data as object), programId },
  })
  const grants = granted.map((text, index) => {
    const [advocateId = '', signed = '', currency] = text.split(' ')
    const amount = { value: signed.replace('-', ''), currency }
    const type = signed.startsWith('-') ? 'reward.revoked' : 'reward.granted'
    return event(type, `g-${index}`, '2026-03-01T00:00:00Z', { advocateId, amount, reason: 'thanks' })
  })
  await bench.append(...[published(), ...grants].map(own))
}

const words = (programId: string, from: string, to: string, rate: string, ...more: readonly string[]) => [
  ...['payouts', 'convert', '--program', programId, '--from', from, '--to', to, '--rate', rate],
  ...['--as-of', '2026-04-30', '--by', 'fay', ...more],
]

async function said(...argv: readonly string[]): Promise<string> {
  const { code, out, err } = await bench.run(argv)
  return `${code} ${out}${err}`
}

async function json(...argv: readonly string[]) {
  const { code, out, err } = await bench.run([...argv, '--json'])
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

/** What each account of a program comes to. */
async function standing(programId: string): Promise<string[]> {
  const rows = await bench.engine.warehouse.rows<{ text: string }>(
    `SELECT concat(replace(account, concat(':', {programId:String}, ':advocate'), ''), ' ', toString(sum(amount)), ' ', currency) AS text
     FROM vouch.ledger WHERE program_id = {programId:String} AND NOT startsWith(account, 'expense:rewards')
     GROUP BY account, currency HAVING sum(amount) != 0 ORDER BY account, currency`,
    { programId },
  )
  return rows.map(({ text }) => text)
}

describe('what is owed in two currencies', () => {
  beforeAll(async () => {
    await program(
      'spring',
      'anna 10.00 USD',
      'anna 5.00 EUR',
      'ben 0.01 USD',
      'cleo -0.50 USD',
      'dan 70.00 USD',
      'eve 1000 JPY',
    )
    const data = { programId: 'spring', advocateId: 'dan' }
    await bench.append(event('advocate.suspended', 's-dan', '2026-06-01T00:00:00Z', data))
  })

  it('is converted by a rate, with the difference that rounding made', async () => {
    expect(await said(...words('spring', 'USD', 'EUR', '0.92550', '--reason', 'reference rate'))).toBe(
      `0 Conversion USD-EUR-1 of spring: what was payable in USD on 2026-04-30, as known at position 8.
Converted by fay at 0.9255 EUR for 1 USD (reference rate): 3 balances, 9.51 USD to 8.81 EUR.
The rate makes 8.80 EUR of the whole; rounding each by itself differs by 0.01 EUR.
anna  advocate  10.00 USD  9.26 EUR
ben   advocate  0.01 USD   0.01 EUR
cleo  advocate  -0.50 USD  -0.46 EUR
Not converted:
dan  advocate  70.00 USD  suspended
`,
    )
  })

  it('stands in the books, with the rate between the two sides of the exchange', async () => {
    expect(await standing('spring')).toStrictEqual([
      'equity:exchange 8.8 EUR',
      'equity:exchange -9.51 USD',
      'expense:exchange-differences 0.01 EUR',
      'liability:payable:anna -14.26 EUR',
      'liability:payable:ben -0.01 EUR',
      'liability:payable:cleo 0.46 EUR',
      'liability:payable:dan -70 USD',
      'liability:payable:eve -1000 JPY',
    ])
    expect(await checkLaws(bench.engine)).toStrictEqual([])
  })

  it('is a row for each, and a line in the list', async () => {
    const rows = await bench.engine.warehouse.rows<{ text: string }>(
      `SELECT concat(beneficiary_id, ' ', toString(from_amount), ' ', to_currency, ' ', toString(to_amount), ' ', toString(rate), ' ',
         toString(as_of), ' ', actor, ' ', reason) AS text FROM vouch.balance_conversions ORDER BY position, line`,
    )
    expect(rows.map(({ text }) => text)).toStrictEqual([
      'anna 10 EUR 9.26 0.9255 2026-04-30 fay reference rate',
      'ben 0.01 EUR 0.01 0.9255 2026-04-30 fay reference rate',
      'cleo -0.5 EUR -0.46 0.9255 2026-04-30 fay reference rate',
    ])
    expect(await json('payouts', 'conversions')).toStrictEqual([
      {
        conversionId: 'USD-EUR-1',
        programId: 'spring',
        from: 'USD',
        to: 'EUR',
        rate: '0.9255',
        asOf: '2026-04-30',
        by: 'fay',
        convertedAt: '2026-07-01T12:00:00Z',
        lines: 3,
        totals: { from: '9.51', to: '8.81', atRate: '8.80', difference: '0.01' },
      },
    ])
    expect(await said('payouts', 'conversions', '--program', 'spring')).toBe(
      '0 USD-EUR-1  spring  2026-04-30  fay  9.51 USD  8.81 EUR  0.9255  3\n',
    )
    expect(await said('payouts', 'conversions', '--program', 'nowhere')).toBe(
      '0 There is no conversion; vouch payouts convert makes one.\n',
    )
  })

  it('is then paid in one, of the same day, and nothing is left to convert', async () => {
    expect(await said(...words('spring', 'USD', 'EUR', '0.9255'))).toBe(
      '1 Nothing is payable in USD in spring as of 2026-04-30; carried over: 1 suspended.\n',
    )
    const opened = await json('payouts', 'open', '--program', 'spring', '--as-of', '2026-04-30', '--by', 'fay')
    expect(opened.totals).toStrictEqual({ EUR: '14.27', JPY: '1000' })
    expect(
      opened.carried.map((it: Record<string, string>) => `${it.beneficiaryId} ${it.amount} ${it.reason}`),
    ).toStrictEqual(['cleo -0.46 below-zero', 'dan 70.00 suspended'])
    expect(await checkLaws(bench.engine)).toStrictEqual([])
  })
})

it('a chain through currencies of none, two, three and four digits keeps to its rates', async () => {
  await program('digits', 'anna 1234 JPY', 'ben 1 JPY')
  const chain = [
    ['JPY', 'EUR', '0.0061', '7.54', 'anna 1234 7.53, ben 1 0.01'],
    ['EUR', 'KWD', '0.3551', '2.678', 'anna 7.53 2.674, ben 0.01 0.004'],
    ['KWD', 'CLF', '0.0817654321', '0.2189', 'anna 2.674 0.2186, ben 0.004 0.0003'],
    ['CLF', 'JPY', '5712.9', '1251', 'anna 0.2186 1249, ben 0.0003 2'],
  ] as const
  for (const [from, to, rate, sum, lines] of chain) {
    const done = await json(...words('digits', from, to, rate))
    const text = done.lines.map((it: Record<string, string>) => `${it.beneficiaryId} ${it.from} ${it.to}`).join(', ')
    expect([done.totals.to, text]).toStrictEqual([sum, lines])
  }
  expect(await checkLaws(bench.engine)).toStrictEqual([])
  expect(await said('verify')).toMatch(/^0 /)
})

describe('a command', () => {
  const { signal } = new AbortController()
  const request = (programId: string) => ({
    programId,
    from: 'USD',
    to: 'EUR',
    rate: '0.9',
    asOf: '2026-04-30',
    by: 'fay',
  })

  it('that names its conversion and is repeated, converts once', async () => {
    await program('named', 'anna 10.00 USD')
    const first = await json(...words('named', 'USD', 'EUR', '0.9', '--conversion', 'april, at last'))
    expect(first).toMatchObject({
      conversionId: 'april, at last',
      totals: { from: '10.00', to: '9.00', difference: '0.00' },
    })
    expect(await json(...words('named', 'USD', 'EUR', '0.9', '--conversion', 'april, at last'))).toStrictEqual(first)
    expect(await said(...words('named', 'USD', 'EUR', '0.91', '--conversion', 'april, at last'))).toBe(
      '1 Conversion april, at last is there already: USD to EUR at 0.9 as of 2026-04-30, by fay; name another.\n',
    )
    await program('other', 'anna 10.00 USD')
    expect(await json(...words('other', 'USD', 'EUR', '0.91', '--conversion', 'april, at last'))).toMatchObject({
      totals: { to: '9.10' },
    })
    expect(await standing('named')).toStrictEqual([
      'equity:exchange 9 EUR',
      'equity:exchange -10 USD',
      'liability:payable:anna -9 EUR',
    ])
  })

  it('that converts while another pays, is refused, or the other: nothing is both', async () => {
    for (const programId of ['race-1', 'race-2', 'race-3']) {
      await program(programId, 'anna 10.00 USD')
      const answers = await Promise.all([
        convertBalances(bench.engine, request(programId), signal),
        openPayout(bench.engine, { programId, asOf: '2026-04-30', by: 'gil' }, signal),
        convertBalances(bench.engine, request(programId), signal),
      ])
      const refused = answers.flatMap((it) => (isLeft<{ readonly tag: string }>(it) ? [it.left.tag] : []))
      for (const tag of refused)
        expect(['outrun', 'tables-behind', 'nothing-payable', 'nothing-to-convert']).toContain(tag)
      const money = (await standing(programId)).filter((it) => it.startsWith('liability:'))
      expect([
        ['liability:payable:anna -9 EUR'],
        [`liability:in-transit:${programId}-1 -10 USD`],
        [`liability:in-transit:${programId}-1 -9 EUR`],
      ]).toContainEqual(money)
      expect(refused.length).toBeLessThan(3)
    }
  })

  it.each([
    [['USD', 'USD', '1'], /^1 Nothing is converted from USD to USD; name two currencies\.\n$/],
    [['usd', 'EUR', '1'], /^2 .*did you mean USD\?/s],
    [['USD', 'EURO', '1'], /^2 .*not a currency code of ISO 4217/s],
    [['USD', 'EUR', '0'], /^2 .*It must be a decimal above zero/s],
    [['USD', 'EUR', '1,5'], /^2 .*It must be a decimal above zero/s],
    [['USD', 'EUR', '0.12345678901'], /^2 .*It must be a decimal above zero/s],
    [['USD', 'EUR', '1', '--as-of', 'May'], /^2 .*It must be a day/s],
    [['USD', 'EUR', '1', '--by', ' '], /^2 .*It must be a name/s],
    [['USD', 'EUR', '1', '--reason', ' '], /^2 .*It must be a text/s],
    [['USD', 'EUR', '1'], /^1 Nothing is payable in USD in nobody as of 2026-04-30\.\n$/],
  ] as const)('that cannot be done says why: %j', async ([from, to, rate, ...more], says) => {
    expect(await said(...words('nobody', from, to, rate, ...more))).toMatch(says)
  })
})
