import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { event, published, story } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
  const amount = { value: '500', currency: 'JPY' }
  const data = { advocateId: 'a  b;"c"', amount, reason: 'thanks' }
  await bench.append(published(), ...story, event('reward.granted', 'g-1', '2026-03-04T00:00:00Z', data))
})
afterAll(() => bench.close())

const exported = async (...words: readonly string[]) => {
  const { code, out, err } = await bench.run(['ledger', 'export', ...words])
  expect({ code, err }).toStrictEqual({ code: 0, err: '' })
  return out
}

describe('vouch ledger export', () => {
  it('writes a journal with all that hledger and ledger want to know before', async () => {
    expect(await exported('--format', 'hledger', '--until', '2026-03-04')).toBe(`commodity EUR
  format 1000.00 EUR
commodity JPY

account expense:rewards:summer
account liability:pending:summer:advocate:a%20%20b%3B%22c%22
account liability:pending:summer:advocate:anna

2026-03-03 * accrued: ten-percent for o-1
  ; earned/conversion:summer:o-1/ten-percent:conversion:o-1:advocate:anna
  expense:rewards:summer  10.00 EUR
  liability:pending:summer:advocate:anna  -10.00 EUR

2026-03-04 * accrued: by-hand
  ; earned/event:shop.example:g-1/granted:shop.example:g-1
  expense:rewards:summer  500 JPY
  liability:pending:summer:advocate:a%20%20b%3B%22c%22  -500 JPY

`)
  })

  it('writes CSV, in order of days', async () => {
    const text = await exported('--format', 'csv')
    const [head, ...lines] = text.trimEnd().split('\n')
    expect(head).toBe('effective_on,transaction_id,account,party_id,amount,currency,memo,position,line')
    expect(lines.length).toBe(12)
    expect(lines[0]).toBe(
      '2026-03-03,earned/conversion:summer:o-1/ten-percent:conversion:o-1:advocate:anna,expense:rewards:summer,summer:advocate:anna,10.00,EUR,accrued: ten-percent for o-1,10,0',
    )
    const days = lines.map((line) => line.slice(0, 10))
    expect(days).toStrictEqual([...days].sort())
  })

  it.each([
    [['--format', 'pdf'], /Allowed choices are hledger, csv/],
    [[], /--format/],
    [['--format', 'csv', '--until', 'May'], /It must be a day/],
  ])('ends with 2 when it is typed wrongly: %j', async (words, says) => {
    const { code, err } = await bench.run(['ledger', 'export', ...words])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})
