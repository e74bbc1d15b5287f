import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomLog } from '@vouch/testing'
import { isRight } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { event, published, story } from '../testing/samples.ts'

let bench: Bench
const day = '2026-04-02'
beforeAll(async () => {
  bench = await openBench()
  const granted = (id: string, advocateId: string, value: string, currency: string) =>
    event('reward.granted', id, '2026-03-04T00:00:00Z', { advocateId, amount: { value, currency }, reason: 'thanks' })
  await bench.append(
    published(),
    ...story,
    granted('g 1', 'two  blanks; and (more) @ é % | "quoted"', '12.34', 'EUR'),
    granted('g;2', 'anna', '500', 'JPY'),
    granted('(g)', '!*.~', '1.125', 'KWD'),
    ...['x', 'y', 'z'].map((who) => granted(who, who, '1', 'JPY')),
  )
  for (const seed of [1, 2, 3, 4, 5, 6]) await admitWhatFits(seed)
  const exchange = ['--from', 'JPY', '--to', 'KWD', '--rate', '0.00215', '--conversion', 'a  b; c']
  for (const words of [
    ['convert', '--program', 'summer', ...exchange, '--as-of', '2026-04-30', '--by', 'fay'],
    ['open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay'],
    ['approve', 'summer-1', '--by', 'gil'],
    ['export', 'summer-1', '--format', 'csv'],
  ])
    expect(await bench.run(['payouts', ...words])).toMatchObject({ code: 0, err: '' })
  for (const [name, ...more] of [['books'], ['until', '--until', day]] as const) {
    const { code, out } = await bench.run(['ledger', 'export', '--format', 'hledger', ...more])
    expect(code).toBe(0)
    writeFileSync(file(name), out)
  }
})
afterAll(() => bench.close())

const file = (name: string) => join(bench.dir, `${name}.journal`)

/** An arbitrary program beside it, in several currencies; what would be rejected is. */
async function admitWhatFits(seed: number): Promise<void> {
  const items = randomLog(seed).map(({ event: { id, time, data, ...rest } }) => ({
    tag: 'value' as const,
    value: {
      specversion: '1.0',
      ...rest,
      id: `${seed} ${id}`,
      time: new Date(time).toISOString(),
      data: { ...data, programId: `${data.programId}: ${seed}` },
    },
  }))
  const answer = await bench.engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
  expect(isRight(answer)).toBe(true)
  await bench.engine.projector.catchUp()
}

function ran(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  expect({ program, words, status, stderr }).toStrictEqual({ program, words, status: 0, stderr: '' })
  return stdout
}

/** 'account currency amount' of all accounts that come to anything, amounts without zeros that say nothing. */
async function ours(until: string): Promise<string[]> {
  const rows = await bench.engine.warehouse.rows<{ name: string; balance: string }>(
    `SELECT concat(account, ' ', currency) AS name, toString(sum(amount)) AS balance FROM vouch.ledger
     WHERE effective_on <= {until:Date} GROUP BY account, currency HAVING sum(amount) != 0`,
    { until },
  )
  return rows.map(({ name, balance }) => `${name} ${balance}`).sort()
}

const plain = (amount: string) => (amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount)

function hledgers(name: string, ...more: readonly string[]): string[] {
  const csv = ran('hledger', '-f', file(name), 'balance', '--flat', '-N', '-O', 'csv', ...more)
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, account = '', amounts = ''] = /^"(.*)","(.*)"$/.exec(line) ?? []
      return amounts.split(', ').map((amount) => {
        const [value = '', currency = ''] = amount.split(' ')
        return `${account} ${currency} ${plain(value)}`
      })
    })
    .sort()
}

async function ledgers(name: string): Promise<string[]> {
  const currencies = await bench.engine.warehouse.rows<{ currency: string }>(
    'SELECT DISTINCT toString(currency) AS currency FROM vouch.ledger',
  )
  return currencies
    .flatMap(({ currency }) => {
      const format = '%(account) %(quantity(scrub(display_total)))\n'
      const limit = ['--limit', `commodity == "${currency}"`]
      return ran('ledger', '-f', file(name), 'balance', '--flat', '--no-total', ...limit, '--format', format)
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => {
          const [account = '', value = ''] = line.split(' ')
          return `${account} ${currency} ${plain(value)}`
        })
    })
    .sort()
}

describe('the journal', () => {
  it('passes every check of hledger, accounts and currencies declared', () => {
    for (const name of ['books', 'until']) ran('hledger', '-f', file(name), 'check', '--strict', 'ordereddates')
  })

  it('is read by ledger without a complaint', () => {
    for (const name of ['books', 'until']) ran('ledger', '-f', file(name), '--strict', '--pedantic', 'balance')
  })

  it('comes to our balances, account by account, in both', async () => {
    const expected = await ours('2149-06-06')
    expect(expected.length).toBeGreaterThan(15)
    expect(new Set(expected.map((line) => line.split(' ')[1])).size).toBeGreaterThan(2)
    expect(hledgers('books')).toStrictEqual(expected)
    expect(await ledgers('books')).toStrictEqual(expected)
  })

  it('up to a day comes to the balances of that day, as the whole does up to it', async () => {
    const expected = await ours(day)
    expect(expected).not.toStrictEqual(await ours('2149-06-06'))
    expect(hledgers('until')).toStrictEqual(expected)
    expect(await ledgers('until')).toStrictEqual(expected)
    expect(hledgers('books', '--end', '2026-04-03')).toStrictEqual(expected)
  })

  it('is the same text each time', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => bench.run(['ledger', 'export', '--format', 'hledger'])))
    expect(one).toStrictEqual(other)
  })
})
