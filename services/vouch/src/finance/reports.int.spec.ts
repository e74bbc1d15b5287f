import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMinor, toMinor } from '@vouch/domain'
import { randomLog } from '@vouch/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { type CloudEvent, click, conversion, enrolled, event, issued, published, refund } from '../testing/samples.ts'
import { type AgingOfParty, type AgingReport, ages } from './aging.ts'
import type { LiabilityReport } from './liabilities.ts'

let bench: Bench
let now = Date.parse('2026-02-15T12:00:00Z')
beforeAll(async () => {
  bench = await openBench({ clock: () => now })
})
afterAll(() => bench.close())

const inProgram = (programId: string, events: readonly CloudEvent[]): CloudEvent[] =>
  events.map((it) => ({ ...it, id: `${programId}-${it.id}`, data: { ...(it.data as object), programId } }))

async function on(day: string, programId: string, ...events: readonly CloudEvent[]): Promise<void> {
  now = Date.parse(`${day}T12:00:00Z`)
  if (events.length > 0) await bench.append(...inProgram(programId, events))
}

async function ok(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await bench.run(words)
  if (code !== 0) throw new Error(err)
  return out
}

const report = async <T>(name: string, day: string, ...words: readonly string[]): Promise<T> =>
  JSON.parse(await ok('report', name, '--on', day, '--json', ...words))

const granted = (advocateId: string, value: string, day: string, currency = 'EUR') =>
  event('reward.granted', `g-${advocateId}-${value}-${day}`, `${day}T00:00:00Z`, {
    advocateId,
    amount: { value, currency },
    reason: 'thanks',
  })

const code = (advocateId: string) => [enrolled(advocateId), issued(advocateId, `OF-${advocateId}`)]
/** An order by the advocate's code, of which ten percent are theirs. */
const order = (id: string, day: string, advocateId: string, value: string) => [
  click(`c-${id}`, `${day}T08:00:00Z`, `v-${id}`, `OF-${advocateId}`),
  conversion(id, `${day}T09:00:00Z`, `k-${id}`, value, { visitorId: `v-${id}` }),
]

/** Opens, approves and submits a batch; gives references by beneficiary. */
async function pay(programId: string, day: string, minimum = '0'): Promise<Record<string, string>> {
  await on(day, programId)
  const words = ['--program', programId, '--as-of', day, '--minimum', minimum, '--by', 'fay', '--json']
  const { batchId, lines } = JSON.parse(await ok('payouts', 'open', ...words))
  await ok('payouts', 'approve', batchId, '--by', 'gil')
  await ok('payouts', 'export', batchId, '--format', 'csv')
  return Object.fromEntries(lines.map((it: Record<string, string>) => [it.beneficiaryId, it.reference]))
}

let files = 0
async function stated(day: string, ...rows: readonly string[]): Promise<void> {
  now = Date.parse(`${day}T18:00:00Z`)
  const name = `stated-${++files}.csv`
  writeFileSync(join(bench.dir, name), ['reference,amount,currency,status,date', ...rows, ''].join('\n'))
  await ok('statements', 'import', name)
}

/** 'not due | 0-30 | 31-60 | 61-90 | over 90 | below zero' of a party. */
async function agesOf(who: string, day: string, currency = 'EUR'): Promise<string> {
  const { parties = [] } = await report<AgingReport>('aging', day, '--program', 'aged', '--parties')
  const own = parties.find((it) => it.beneficiaryId === who && it.currency === currency)
  return own === undefined ? 'nothing' : agesText(own)
}
const agesText = (it: AgingOfParty) => [it.notDue, ...ages.map((age) => it[age]), it.belowZero].join(' | ')

describe('a spring', () => {
  beforeAll(async () => {
    await on('2026-01-01', 'aged', published(), ...code('bea'), ...code('dan'), ...code('flo'))
    await on('2026-01-02', 'aged', granted('ada', '10.00', '2026-01-01'), granted('cem', '10.00', '2026-01-01'))
    await on(
      '2026-01-02',
      'aged',
      ...order('b-1', '2026-01-01', 'bea', '100.00'),
      ...order('d-1', '2026-01-01', 'dan', '100.00'),
    )
    await on('2026-01-03', 'aged', granted('flo', '8.00', '2026-01-01'), granted('eve', '4', '2026-01-01', 'USD'))
    await on('2026-01-04', 'aged', event('advocate.suspended', 'sus', '2026-01-04T00:00:00Z', { advocateId: 'flo' }))
    const lines = await pay('aged', '2026-02-15', '10.00')
    await stated(
      '2026-02-20',
      `${lines.ada},10.00,EUR,settled,2026-02-17`,
      `${lines.cem},10.00,EUR,failed,2026-02-18`,
      `${lines.dan},10.00,EUR,settled,2026-02-17`,
    )
    await on(
      '2026-03-02',
      'aged',
      granted('ada', '20.00', '2026-03-01'),
      ...order('b-2', '2026-03-01', 'bea', '200.00'),
    )
    await on('2026-04-15', 'aged', refund('b-2', '2026-04-15T10:00:00Z', 'b-2', '150.00'))
    await on('2026-04-16', 'aged', refund('d-1', '2026-04-16T10:00:00Z', 'd-1', '100.00'))
    await on('2026-04-20', 'aged', granted('ada', '5.00', '2026-04-20'), granted('dan', '3.00', '2026-04-20'))
  })

  it.each([
    ['ada', 'EUR', '5.00 | 0.00 | 20.00 | 0.00 | 0.00 | 0.00', 'what was paid was the oldest'],
    ['bea', 'EUR', '0.00 | 0.00 | 5.00 | 0.00 | 0.00 | 0.00', 'her batch has 10.00, and 15.00 were taken back'],
    ['cem', 'EUR', '0.00 | 0.00 | 0.00 | 0.00 | 10.00 | 0.00', 'what failed is as old as before'],
    ['dan', 'EUR', '3.00 | 0.00 | 0.00 | 0.00 | 0.00 | -10.00', 'more was paid than is left, and more is to come'],
    ['eve', 'USD', '0.00 | 0.00 | 0.00 | 0.00 | 4.00 | 0.00', 'dollars are not euros'],
    ['flo', 'EUR', '0.00 | 0.00 | 0.00 | 0.00 | 8.00 | 0.00', 'who is suspended is owed all the same'],
  ])('ages what is payable to %s in %s: %s', async (who, currency, expected) => {
    expect(await agesOf(who, '2026-05-05', currency)).toBe(expected)
  })

  it('ages it as of the day that is asked for', async () => {
    expect(await agesOf('ada', '2026-02-14')).toBe('0.00 | 10.00 | 0.00 | 0.00 | 0.00 | 0.00')
    expect(await agesOf('ada', '2026-02-16')).toBe('nothing')
    expect(await agesOf('cem', '2026-02-16')).toBe('nothing')
    expect(await agesOf('cem', '2026-02-18')).toBe('0.00 | 10.00 | 0.00 | 0.00 | 0.00 | 0.00')
    expect(await agesOf('dan', '2026-05-20')).toBe('0.00 | 0.00 | 0.00 | 0.00 | 0.00 | -7.00')
  })

  it('comes to lines by program and currency, for people, in JSON and CSV', async () => {
    const position = Number(await bench.engine.store.head())
    expect(
      await ok('report', 'aging', '--on', '2026-05-05', '--program', 'aged'),
    ).toBe(`Aging of payables on 2026-05-05, as known at position ${position}.
PROGRAM  CURRENCY  NOT DUE  0-30 DAYS  31-60  61-90  OVER 90  PAYABLE  PARTIES  BELOW ZERO  PARTIES
aged     EUR          8.00       0.00  25.00   0.00    18.00    43.00        4      -10.00        1
aged     USD          0.00       0.00   0.00   0.00     4.00     4.00        1        0.00        0
total    EUR          8.00       0.00  25.00   0.00    18.00    43.00        4      -10.00        1
total    USD          0.00       0.00   0.00   0.00     4.00     4.00        1        0.00        0
`)
    const euro = {
      currency: 'EUR',
      notDue: '8.00',
      days0to30: '0.00',
      days31to60: '25.00',
      days61to90: '0.00',
      over90: '18.00',
      payable: '43.00',
      belowZero: '-10.00',
      parties: 4,
      partiesBelowZero: 1,
    }
    const { lines, totals, ...rest } = await report<AgingReport>('aging', '2026-05-05', '--program', 'aged')
    expect(rest).toStrictEqual({ on: '2026-05-05', position })
    expect(lines[0]).toStrictEqual({ programId: 'aged', ...euro })
    expect(totals[0]).toStrictEqual(euro)
    expect(
      await ok('report', 'aging', '--on', '2026-05-05', '--program', 'aged', '--csv'),
    ).toBe(`program_id,currency,not_due,days_0_to_30,days_31_to_60,days_61_to_90,over_90,payable,parties,below_zero,parties_below_zero
aged,EUR,8.00,0.00,25.00,0.00,18.00,43.00,4,-10.00,1
aged,USD,0.00,0.00,0.00,0.00,4.00,4.00,1,0.00,0
`)
    const byParty = (
      await ok('report', 'aging', '--on', '2026-05-05', '--program', 'aged', '--parties', '--csv')
    ).split('\n')
    expect(byParty.slice(0, 2)).toStrictEqual([
      'program_id,kind,beneficiary_id,currency,not_due,days_0_to_30,days_31_to_60,days_61_to_90,over_90,payable,below_zero',
      'aged,advocate,ada,EUR,5.00,0.00,20.00,0.00,0.00,20.00,0.00',
    ])
    const text = await ok('report', 'aging', '--on', '2026-05-05', '--program', 'aged', '--parties')
    expect(text).toContain('\n\nPROGRAM  KIND      ID   CURRENCY')
  })

  it('has liabilities: accounts as the ledger has them, and who owes apart from who is owed', async () => {
    const position = Number(await bench.engine.store.head())
    expect(
      await ok('report', 'liabilities', '--on', '2026-05-05', '--program', 'aged'),
    ).toBe(`Liabilities on 2026-05-05, as known at position ${position}.
PROGRAM  CURRENCY  PENDING  PAYABLE  IN TRANSIT    NET   OWED  PARTIES  BELOW ZERO  PARTIES
aged     EUR          8.00    33.00       10.00  51.00  58.00        4       -7.00        1
aged     USD          0.00     4.00        0.00   4.00   4.00        1        0.00        0
total    EUR          8.00    33.00       10.00  51.00  58.00        4       -7.00        1
total    USD          0.00     4.00        0.00   4.00   4.00        1        0.00        0
`)
    const { lines, totals } = await report<LiabilityReport>('liabilities', '2026-02-16', '--program', 'aged')
    const euro = {
      currency: 'EUR',
      pending: '0.00',
      payable: '8.00',
      inTransit: '40.00',
      net: '48.00',
      owed: '48.00',
      parties: 5,
      belowZero: '0.00',
      partiesBelowZero: 0,
    }
    expect([lines[0], totals[0]]).toStrictEqual([{ programId: 'aged', ...euro }, euro])
    expect(
      await ok('report', 'liabilities', '--on', '2026-02-16', '--program', 'aged', '--csv'),
    ).toBe(`program_id,currency,pending,payable,in_transit,net,owed,parties,below_zero,parties_below_zero
aged,EUR,0.00,8.00,40.00,48.00,48.00,5,0.00,0
aged,USD,0.00,4.00,0.00,4.00,4.00,1,0.00,0
`)
  })

  it('is what was known at a position, whatever came after', async () => {
    const before = String((await report<AgingReport>('aging', '2026-05-05')).position)
    const both = () =>
      Promise.all(['liabilities', 'aging'].map((name) => ok('report', name, '--on', '2026-05-05', '--at', before)))
    const told = await both()
    await on('2026-05-06', 'aged', granted('ada', '1.00', '2026-01-01'))
    expect(await both()).toStrictEqual(told)
    expect(await agesOf('ada', '2026-05-05')).toBe('5.00 | 0.00 | 20.00 | 0.00 | 1.00 | 0.00')
  })
})

describe('somebody in several roles', () => {
  it('is one as advocate and upline, and another as the customer whose id reads the same', async () => {
    const rules = [
      { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } },
      { ruleId: 'two', trigger: 'conversion', to: 'upline', amount: { percent: '2' } },
      { ruleId: 'welcome', trigger: 'signup', to: 'referee', amount: { fixed: '5.00' } },
    ]
    const data = { ...(published().data as object), rewards: rules }
    await on('2026-01-01', 'roles', event('program.published', 'terms', '2026-01-01T00:00:00Z', data))
    const hal = event('advocate.enrolled', 'hal', '2026-01-01T00:00:00Z', {
      advocateId: 'hal',
      parentAdvocateId: 'gus',
    })
    const signup = event('signup', 's-gus', '2026-01-01T09:00:00Z', {
      customerId: 'gus',
      visitorId: 'v',
      code: 'OF-hal',
    })
    await on('2026-01-01', 'roles', ...code('gus'), hal, issued('hal', 'OF-hal'), signup)
    await on('2026-01-02', 'roles', ...order('g-1', '2026-01-01', 'gus', '100.00'))
    const { gus } = await pay('roles', '2026-02-15', '8.00')
    await stated('2026-02-20', `${gus},10.00,EUR,settled,2026-02-17`)
    await on('2026-03-01', 'roles', refund('g-1', '2026-03-01T10:00:00Z', 'g-1', '100.00'))
    await on('2026-03-03', 'roles', ...order('h-1', '2026-03-02', 'hal', '100.00'))
    const { lines } = await report<LiabilityReport>('liabilities', '2026-05-05', '--program', 'roles')
    expect(lines).toMatchObject([
      { payable: '7.00', net: '7.00', owed: '15.00', parties: 2, belowZero: '-8.00', partiesBelowZero: 1 },
    ])
    const aged = await report<AgingReport>('aging', '2026-05-05', '--program', 'roles', '--parties')
    expect(aged.parties?.map((it) => `${it.kind} ${it.beneficiaryId}: ${agesText(it)}`)).toStrictEqual([
      'advocate gus: 0.00 | 0.00 | 0.00 | 0.00 | 0.00 | -8.00',
      'advocate hal: 0.00 | 0.00 | 10.00 | 0.00 | 0.00 | 0.00',
      'customer gus: 0.00 | 0.00 | 0.00 | 0.00 | 5.00 | 0.00',
    ])
  })
})

describe('what is converted', () => {
  it('is owed in the other currency, and ages anew', async () => {
    await on('2026-01-01', 'changed', published(), granted('ida', '4.00', '2026-01-01', 'USD'))
    await on('2026-04-20', 'changed')
    const words = ['--program', 'changed', '--from', 'USD', '--to', 'EUR', '--rate', '0.5', '--as-of', '2026-04-20']
    await ok('payouts', 'convert', ...words, '--by', 'fay')
    const { lines } = await report<LiabilityReport>('liabilities', '2026-05-05', '--program', 'changed')
    expect(lines).toMatchObject([{ currency: 'EUR', payable: '2.00', net: '2.00', parties: 1 }])
    const aged = await report<AgingReport>('aging', '2026-05-05', '--program', 'changed')
    expect(aged.lines).toMatchObject([{ currency: 'EUR', days0to30: '2.00', payable: '2.00' }])
  })
})

describe('ages', () => {
  it('change after 30, 60 and 90 days, and begin on the day itself', async () => {
    const day = (offset: number) => new Date(Date.parse('2026-06-30') + offset * 86_400_000).toISOString().slice(0, 10)
    // Payable thirty days after they are granted.
    const grants = [1, 0, -30, -31, -60, -61, -90, -91].map((offset, index) =>
      granted('ada', `${2 ** index}.00`, day(offset - 30)),
    )
    await on('2026-06-30', 'edges', published(), ...grants)
    const { lines } = await report<AgingReport>('aging', '2026-06-30', '--program', 'edges')
    expect(lines).toMatchObject([
      {
        notDue: '1.00',
        days0to30: '6.00',
        days31to60: '24.00',
        days61to90: '96.00',
        over90: '128.00',
        payable: '254.00',
      },
    ])
  })
})

describe('a report that is asked for wrongly', () => {
  it.each([
    [['aging', '--on', 'May'], 2, /It must be a day/],
    [['liabilities', '--on', '2026-05-05', '--csv', '--json'], 2, /two things/],
    [['liabilities', '--parties'], 2, /nknown option/],
    [['liabilities', '--at', '-1'], 2, /It must be a log position/],
    [['aging', '--at', '999999'], 1, /^The tables are at position \d+; ask for that one, or for one before it\.\n$/],
  ])('%j ends with %i', async (words, exit, says) => {
    const { code, out, err } = await bench.run(['report', ...words])
    expect({ code, out }).toStrictEqual({ code: exit, out: '' })
    expect(err).toMatch(says)
  })

  it('and of which there is nothing says so', async () => {
    expect(await ok('report', 'aging', '--program', 'nowhere', '--on', '2026-05-05')).toMatch(
      /\nNothing is payable\.\n$/,
    )
    expect(await ok('report', 'liabilities', '--program', 'nowhere', '--on', '2026-05-05')).toMatch(
      /\nNothing is owed\.\n$/,
    )
  })
})

/** Balances on a day by program, kind of account and currency, added up entry by entry from the journal as it is exported. */
async function fromJournal(until: string): Promise<Record<string, string>> {
  const [, ...rows] = (await ok('ledger', 'export', '--format', 'csv', '--until', until)).trimEnd().split('\n')
  const sums = new Map<string, bigint>()
  for (const row of rows) {
    const cells = row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? []
    const [, , account = '', party = '', amount = '', currency = ''] = cells
    const [what, kind] = account.split(':')
    if (what !== 'liability') continue
    const key = `${party.split(':')[0]} ${kind} ${currency}`
    sums.set(key, (sums.get(key) ?? 0n) - toMinor({ value: amount, currency }))
  }
  return textOf(sums)
}

const textOf = (sums: ReadonlyMap<string, bigint>): Record<string, string> =>
  Object.fromEntries(
    [...sums]
      .filter(([, minor]) => minor !== 0n)
      .map(([key, minor]) => [key, formatMinor(minor, key.split(' ')[2] ?? '')] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

describe('reports', () => {
  it('come to the accounts of the journal, and to each other, over arbitrary logs and batches', async () => {
    let paid = 0
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const programId = `chance-${seed}`
      const events = randomLog(seed).map(({ event: { time, ...rest } }) => ({
        specversion: '1.0',
        ...rest,
        time: new Date(time).toISOString(),
      }))
      now = Date.parse('2026-12-01T12:00:00Z')
      const items = inProgram(programId, events).map((value) => ({ tag: 'value', value }) as const)
      await bench.engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
      await bench.engine.projector.catchUp()
      paid += Object.values(await pay(programId, '2026-02-10').catch(() => ({}))).length
    }
    expect(paid).toBeGreaterThan(0)
    let seen = 0
    for (const day of ['2026-01-20', '2026-02-10', '2026-03-01', '2026-05-05', '2026-12-31']) {
      const owed = await report<LiabilityReport>('liabilities', day)
      const accounts = new Map<string, bigint>()
      for (const { programId, currency, ...it } of owed.lines) {
        accounts.set(`${programId} pending ${currency}`, minor(it.pending, currency))
        accounts.set(`${programId} payable ${currency}`, minor(it.payable, currency))
        accounts.set(`${programId} in-transit ${currency}`, minor(it.inTransit, currency))
        expect(minor(it.owed, currency) + minor(it.belowZero, currency)).toBe(minor(it.net, currency))
      }
      expect(textOf(accounts), day).toStrictEqual(await fromJournal(day))
      const aged = await report<AgingReport>('aging', day, '--parties')
      const payable = new Map<string, bigint>()
      for (const it of aged.parties ?? []) {
        const sum = ages.reduce((sum, age) => sum + minor(it[age], it.currency), 0n)
        expect(sum).toBe(minor(it.payable, it.currency))
        expect(ages.every((age) => minor(it[age], it.currency) >= 0n)).toBe(true)
        for (const [kind, amount] of [
          ['payable', sum + minor(it.belowZero, it.currency)],
          ['pending', minor(it.notDue, it.currency)],
        ] as const) {
          const key = `${it.programId} ${kind} ${it.currency}`
          payable.set(key, (payable.get(key) ?? 0n) + amount)
        }
      }
      for (const key of [...accounts.keys()].filter((it) => it.includes(' in-transit '))) accounts.delete(key)
      expect(textOf(payable), day).toStrictEqual(textOf(accounts))
      for (const total of owed.totals) {
        const own = owed.lines.filter(({ currency }) => currency === total.currency)
        const sum = own.reduce((sum, it) => sum + minor(it.net, it.currency), 0n)
        expect(formatMinor(sum, total.currency)).toBe(total.net)
      }
      seen += accounts.size
    }
    expect(seen).toBeGreaterThan(20)
  })
})

const minor = (value: string, currency: string): bigint => toMinor({ value, currency })
