import { ledgerLaws } from '@vouch/projection-ledger'
import type { Warehouse } from '@vouch/warehouse'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkLaws } from '../commands/verify.ts'
import { type Bench, openBench } from '../testing/bench.ts'
import { published, story } from '../testing/samples.ts'

let bench: Bench
let generation: number
let reference: string
beforeAll(async () => {
  bench = await openBench()
  await bench.append(published(), ...story)
  const { out } = await bench.run([
    'payouts',
    'open',
    '--program',
    'summer',
    '--as-of',
    '2026-04-30',
    '--by',
    'fay',
    '--json',
  ])
  reference = JSON.parse(out).lines[0].reference
  await bench.run(['payouts', 'approve', 'summer-1', '--by', 'gil'])
  generation = (await bench.engine.warehouse.published('live'))?.generation ?? 0
})
afterAll(() => bench.close())

let line = 900
const known = { program_id: 'summer', occurred_at: '2026-07-01 12:00:00.000', recorded_at: '2026-07-01 12:00:00.000' }
const anna = 'summer:advocate:anna'
const entry = (account: string, amount: string, more: Record<string, unknown> = {}) => ({
  position: '11',
  line: line++,
  transaction_id: 'forged',
  account,
  party_id: anna,
  batch_id: '',
  amount,
  currency: 'EUR',
  effective_on: '2026-07-01',
  memo: '',
  ...known,
  ...more,
})
const april = { period: '2026-04', last_day: '2026-04-30' }
const period = (entryName: string) => ({
  position: '12',
  line: line++,
  ...april,
  entry: entryName,
  actor: '',
  ...known,
})
const payout = (entryName: string) => ({
  position: '12',
  line: line++,
  batch_id: 'summer-1',
  beneficiary_id: 'anna',
  beneficiary_kind: 'advocate',
  reference,
  amount: '6.50',
  currency: 'EUR',
  entry: entryName,
  actor: '',
  ...known,
})

const conversion = {
  position: '12',
  line: 900,
  conversion_id: 'USD-JPY-1',
  beneficiary_id: 'anna',
  role: 'advocate',
  from_amount: '1.00',
  from_currency: 'USD',
  to_amount: '151',
  to_currency: 'JPY',
  rate: '151.5000000001',
  as_of: '2026-07-01',
  actor: 'fay',
  reason: '',
  ...known,
}

const broken = async () => (await checkLaws(bench.engine)).map(({ law }) => law)
let before: readonly string[] = []

it('all hold of what vouch has written', async () => {
  expect(await broken()).toStrictEqual([])
})

// One after the other, each beside those before.
it.each([
  ['an entry of one side', 'ledger', () => [entry('asset:cash:bank', '1')], 'double entry'],
  [
    'something owed that nobody has earned',
    'ledger',
    () => [
      entry(`liability:payable:${anna}`, '-2', { transaction_id: 'owed' }),
      entry('asset:cash:bank', '2', { transaction_id: 'owed' }),
    ],
    'owed',
  ],
  ['something that is not what the rate makes of it', 'balance_conversions', () => [conversion], 'converted'],
  [
    'something in transit of no line',
    'ledger',
    () => [
      entry('liability:in-transit:summer-1', '-3', { transaction_id: 'transit', batch_id: 'summer-1' }),
      entry('asset:cash:bank', '3', { transaction_id: 'transit', batch_id: 'summer-1' }),
    ],
    'in transit',
  ],
  ['a line that is opened twice', 'payouts', () => [payout('opened')], 'paid once'],
  ['a line that no statement says is paid', 'payouts', () => [payout('settled')], 'stated'],
  ['a month that came to more than was declared', 'periods', () => [period('closed')], 'closed months'],
  [
    'a month that was closed before the last that counts in it',
    'periods',
    () => [{ ...period('closing'), position: '1' }],
    'dated in open months',
  ],
  [
    'a resolution by nobody',
    'resolutions',
    () => [{ position: '12', line: line++, resolution_id: 'r', reference, class: 'duplicate', ...known }],
    'resolved',
  ],
  [
    'entries of no event',
    'ledger',
    () => [
      entry('asset:cash:bank', '4', { transaction_id: 'none', position: '0' }),
      entry('asset:cash:other', '-4', { transaction_id: 'none', position: '0' }),
    ],
    'ledger lines',
  ],
])('%s breaks a law', async (_name, table, rows, law) => {
  await (bench.engine.warehouse as Warehouse).insert(table, generation, rows())
  const now = await broken()
  expect(now.filter((it) => !before.includes(it))).toStrictEqual([law])
  before = now
})

it('each was broken', () => {
  expect([...before].sort()).toStrictEqual(ledgerLaws.map(({ name }) => name).sort())
})
