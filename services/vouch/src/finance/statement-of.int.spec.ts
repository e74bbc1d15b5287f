import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BeneficiaryKind, toMinor } from '@vouch/domain'
import { randomLog } from '@vouch/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { type CloudEvent, click, conversion, enrolled, event, issued, published, refund } from '../testing/samples.ts'
import { type Statement, type StatementTotals, statementOf } from './statement-of.ts'

let bench: Bench
/** What the clock says; opening and paying have the day on which they are done. */
let now = Date.parse('2026-03-31T12:00:00Z')
beforeAll(async () => {
  bench = await openBench({ clock: () => now })
})
afterAll(() => bench.close())

const inProgram = (programId: string, events: readonly CloudEvent[]): CloudEvent[] =>
  events.map((it) => ({ ...it, id: `${programId}-${it.id}`, data: { ...(it.data as object), programId } }))

/** Something happens on a day, and the log gets to know it on that day. */
async function on(day: string, programId: string, ...events: readonly CloudEvent[]): Promise<void> {
  now = Date.parse(`${day}T12:00:00Z`)
  if (events.length > 0) await bench.append(...inProgram(programId, events))
}

async function ok(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await bench.run(words)
  if (code !== 0) throw new Error(err)
  return out
}

async function said(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await bench.run(words)
  return `${code} ${out}${err}`
}

const statement = async (who: string, period: string, ...words: readonly string[]): Promise<Statement> =>
  JSON.parse(await ok('statement', ...who.split(' '), '--period', period, '--json', ...words))

/** What is not zero of a currency, in one line. */
function sums({ totals }: Statement, currency = 'EUR'): string {
  const own = totals.find((it) => it.currency === currency)
  if (own === undefined) return 'nothing'
  const { currency: _currency, ...amounts } = own
  return Object.entries(amounts)
    .filter(([, amount]) => /[1-9]/.test(amount))
    .map(([name, amount]) => `${name} ${amount}`)
    .join(', ')
}

/** Opens, approves and submits a batch on a day; gives references by beneficiary and currency. */
async function pay(programId: string, day: string, asOf: string): Promise<Record<string, string>> {
  await on(day, programId)
  const words = ['--program', programId, '--as-of', asOf, '--by', 'fay', '--json']
  const { batchId, lines } = JSON.parse(await ok('payouts', 'open', ...words))
  await ok('payouts', 'approve', batchId, '--by', 'gil')
  await ok('payouts', 'export', batchId, '--format', 'csv')
  return Object.fromEntries(
    lines.map((it: Record<string, string>) => [`${it.beneficiaryId} ${it.currency}`, it.reference]),
  )
}

let files = 0
async function stated(day: string, ...rows: readonly string[]): Promise<void> {
  now = Date.parse(`${day}T18:00:00Z`)
  const name = `stated-${++files}.csv`
  writeFileSync(join(bench.dir, name), ['reference,amount,currency,status,date', ...rows, ''].join('\n'))
  await ok('statements', 'import', name)
}

const granted = (advocateId: string, value: string, day: string, currency = 'EUR') =>
  event('reward.granted', `g-${advocateId}-${value}-${day}`, `${day}T00:00:00Z`, {
    advocateId,
    amount: { value, currency },
    reason: 'thanks',
  })

/** Ten percent for whom the order came by, two for whoever brought that advocate, five euros for who signs up. */
const rules = [
  { ruleId: 'ten', trigger: 'conversion', to: 'advocate', amount: { percent: '10' } },
  { ruleId: 'two', trigger: 'conversion', to: 'upline', amount: { percent: '2' } },
  { ruleId: 'welcome', trigger: 'signup', to: 'referee', amount: { fixed: '5.00' } },
]
const terms = event('program.published', 'terms', '2026-01-01T00:00:00Z', {
  ...(published().data as object),
  rewards: rules,
})
const cast = [
  terms,
  enrolled('anna'),
  issued('anna', 'ANNA10'),
  event('advocate.enrolled', 'enrol-ben', '2026-01-01T00:00:00Z', { advocateId: 'ben', parentAdvocateId: 'anna' }),
  issued('ben', 'BEN10'),
]
const signup = (customerId: string, time: string, code: string) =>
  event('signup', `s-${customerId}`, time, { customerId, visitorId: `v-${customerId}`, code })

describe('a year of somebody', () => {
  beforeAll(async () => {
    await on('2026-03-02', 'summer', ...cast, signup('k-1', '2026-03-01T10:00:00Z', 'ANNA10'))
    await on('2026-03-03', 'summer', conversion('o-1', '2026-03-03T10:00:00Z', 'k-1', '100.00'))
    // Ben's order: Anna is his upline. And a present in dollars.
    await on('2026-03-05', 'summer', signup('k-2', '2026-03-04T10:00:00Z', 'BEN10'))
    await on('2026-03-06', 'summer', conversion('o-2', '2026-03-06T10:00:00Z', 'k-2', '50.00'))
    await on('2026-03-20', 'summer', granted('anna', '7.00', '2026-03-20', 'USD'))
    // A refund within the hold, in a later month.
    await on('2026-04-01', 'summer', refund('r-1', '2026-04-01T09:00:00Z', 'o-1', '40.00'))
    // 6.00 as advocate and 1.00 as upline are one line; the dollars are another, which fails.
    const lines = await pay('summer', '2026-05-05', '2026-04-30')
    await stated(
      '2026-05-07',
      `${lines['anna EUR']},7.00,EUR,settled,2026-05-06`,
      `${lines['anna USD']},7.00,USD,failed,2026-05-06`,
    )
    await stated('2026-05-09', `${lines['ben EUR']},5.00,EUR,settled,2026-05-06`)
    // Refunded after it was paid: more was paid than is left.
    await on('2026-06-10', 'summer', refund('r-2', '2026-06-10T09:00:00Z', 'o-1', '60.00'))
    // What was paid to Ben comes back.
    await stated('2026-06-12', `${lines['ben EUR']},5.00,EUR,returned,2026-06-11`)
    await on('2026-06-15', 'summer', event('advocate.suspended', 'sus', '2026-06-15T00:00:00Z', { advocateId: 'ben' }))
  })

  it('begins with nothing, and earns in both roles and each currency', async () => {
    const march = await statement('advocate anna', '2026-03')
    expect(sums(march)).toBe('earned 11.00, closing 11.00, pending 11.00')
    expect(sums(march, 'USD')).toBe('earned 7.00, closing 7.00, pending 7.00')
    expect(march.rewards).toStrictEqual([
      {
        on: '2026-03-03',
        role: 'advocate',
        ruleId: 'ten',
        conversionId: 'o-1',
        rewardId: 'ten:conversion:o-1:advocate:anna',
        memo: 'accrued: ten for o-1',
        movement: 'earned',
        amount: '10.00',
        currency: 'EUR',
        payableFrom: '2026-04-02',
      },
      {
        on: '2026-03-06',
        role: 'upline',
        ruleId: 'two',
        conversionId: 'o-2',
        rewardId: 'two:conversion:o-2:upline:anna',
        memo: 'accrued: two for o-2',
        movement: 'earned',
        amount: '1.00',
        currency: 'EUR',
        payableFrom: '2026-04-05',
      },
      {
        on: '2026-03-20',
        role: 'advocate',
        ruleId: 'by-hand',
        conversionId: null,
        rewardId: 'granted:shop.example:summer-g-anna-7.00-2026-03-20',
        memo: 'accrued: by-hand',
        movement: 'earned',
        amount: '7.00',
        currency: 'USD',
        payableFrom: '2026-04-19',
      },
    ])
    expect([march.payments, march.others, march.adjustments]).toStrictEqual([[], [], []])
    const { programName, from, until, isClosed, position } = march
    expect({ programName, from, until, isClosed }).toStrictEqual({
      programName: 'Summer referral',
      from: '2026-03-01',
      until: '2026-03-31',
      isClosed: false,
    })
    expect(position).toBe(Number(await bench.engine.store.head()))
  })

  it('has the refund in the month in which it happened', async () => {
    const april = await statement('advocate anna', '2026-04')
    expect(sums(april)).toBe('opening 11.00, reversed -4.00, closing 7.00, payable 7.00')
    expect(april.rewards).toMatchObject([
      { on: '2026-04-01', movement: 'reversed', amount: '-4.00', conversionId: 'o-1' },
    ])
    expect(sums(april, 'USD')).toBe('opening 7.00, closing 7.00, payable 7.00')
  })

  it('has what was paid, both roles in one, and what failed, which is payable again', async () => {
    const may = await statement('advocate anna', '2026-05')
    expect(sums(may)).toBe('opening 7.00, paid -7.00')
    expect(sums(may, 'USD')).toBe('opening 7.00, closing 7.00, payable 7.00')
    expect(may.payments.map(({ reference: _reference, ...it }) => it)).toStrictEqual([
      { on: '2026-05-06', batchId: 'summer-1', outcome: 'settled', payment: '7.00', amount: '-7.00', currency: 'EUR' },
      { on: '2026-05-06', batchId: 'summer-1', outcome: 'failed', payment: '7.00', amount: '0.00', currency: 'USD' },
    ])
    const { lines } = JSON.parse(await ok('payouts', 'show', 'summer-1', '--json'))
    expect(may.payments.map((it) => it.reference).sort()).toStrictEqual(
      lines
        .filter((it: Record<string, string>) => it.beneficiaryId === 'anna')
        .map((it: Record<string, string>) => it.reference)
        .sort(),
    )
    expect(sums(await statement('advocate anna', '2026-05', '--at', '14'))).toBe(
      'opening 7.00, closing 7.00, inTransit 7.00',
    )
  })

  it('goes below zero where a sale is refunded after it was paid', async () => {
    expect(sums(await statement('advocate anna', '2026-06'))).toBe('reversed -6.00, closing -6.00, payable -6.00')
    expect(sums(await statement('advocate anna', '2026-07'))).toBe('opening -6.00, closing -6.00, payable -6.00')
  })

  it('is owed what came back, suspended or not', async () => {
    const june = await statement('advocate ben', '2026-06')
    expect(sums(june)).toBe('paid 5.00, closing 5.00, payable 5.00')
    expect(june.payments).toMatchObject([{ on: '2026-06-11', outcome: 'returned', payment: '5.00', amount: '5.00' }])
  })

  it('is a customer’s too', async () => {
    const march = await statement('customer k-1', '2026-03')
    expect(sums(march)).toBe('earned 5.00, closing 5.00, payable 5.00')
    expect(march.rewards).toMatchObject([{ role: 'referee', ruleId: 'welcome', conversionId: null, amount: '5.00' }])
  })

  it('reads on a terminal', async () => {
    const { position, payments } = await statement('advocate anna', '2026-05')
    const [euro, dollar] = payments
    expect(
      await ok('statement', 'advocate', 'anna', '--period', '2026-05'),
    ).toBe(`Statement of advocate anna for May 2026, program Summer referral (summer).
As known at position ${position}; the month is not closed.

                   EUR   USD
Opening balance   7.00  7.00
Paid             -7.00  0.00
Closing balance   0.00  7.00
  payable         0.00  7.00

PAYMENT ON  BATCH     REFERENCE                         WHAT       AMOUNT
2026-05-06  summer-1  ${euro?.reference}  paid    -7.00 EUR
2026-05-06  summer-1  ${dollar?.reference}  failed   7.00 USD
`)
  })

  it('of a month in which nothing was is empty', async () => {
    expect(await ok('statement', 'advocate', 'anna', '--period', '2026-01')).toMatch(
      /^Statement of advocate anna for January 2026.*\n.*\n\nNothing was earned or paid, and nothing is owed\.\n$/,
    )
  })

  it('is the same at the same position, whatever comes after', async () => {
    const at = String(await bench.engine.store.head())
    const all = () =>
      Promise.all(
        ['text', 'json', 'html'].map((format) =>
          ok('statement', 'advocate', 'anna', '--period', '2026-03', '--format', format, '--at', at),
        ),
      )
    const before = await all()
    const withoutAt = await ok('statement', 'advocate', 'anna', '--period', '2026-03', '--format', 'html')
    expect(before[2]).toBe(withoutAt)
    await on('2026-07-01', 'summer', refund('r-3', '2026-03-30T09:00:00Z', 'o-2', '50.00'))
    expect(await all()).toStrictEqual(before)
    expect(sums(await statement('advocate anna', '2026-03'))).toBe(
      'earned 11.00, reversed -1.00, closing 10.00, pending 10.00',
    )
  })
})

describe('a month that is closed', () => {
  const july = (...words: readonly string[]) =>
    ok('statement', 'advocate', 'anna', '--period', '2026-07', '--program', 'later', ...words)
  let before: string
  beforeAll(async () => {
    await on('2026-08-01', 'later', ...cast, signup('k-9', '2026-07-10T08:00:00Z', 'ANNA10'))
    await on('2026-08-01', 'later', conversion('o-9', '2026-07-10T10:00:00Z', 'k-9', '100.00'))
    const open = await july('--json')
    await on('2026-08-02', 'later')
    await ok('periods', 'close', '--program', 'later', '--period', '2026-07', '--by', 'fay')
    before = await july('--json')
    expect(JSON.parse(before)).toMatchObject({ isClosed: true, totals: JSON.parse(open).totals })
    await on('2026-08-03', 'later', refund('r-9', '2026-07-20T10:00:00Z', 'o-9', '30.00'))
    await on('2026-08-03', 'later', granted('anna', '8.00', '2026-08-01', 'USD'))
  })

  it('stays as it was declared, and says so', async () => {
    expect(await july('--json')).toBe(before)
    const { position, ...march } = JSON.parse(before) as Statement
    expect(sums({ position, ...march })).toBe('earned 10.00, closing 10.00, pending 10.00')
    expect(await july()).toContain(`\nThe month is closed, as known at position ${position}.\n`)
    const open: Statement = JSON.parse(await july('--json', '--at', String(position - 1)))
    expect([open.isClosed, open.position]).toStrictEqual([false, position - 1])
  })

  it('has what came later in the next, with what it is and the day to which it belongs', async () => {
    const august = await statement('advocate anna', '2026-08', '--program', 'later')
    expect(sums(august)).toBe('opening 10.00, adjusted -3.00, closing 7.00, payable 7.00')
    expect(august.adjustments).toStrictEqual([
      {
        belongsOn: '2026-07-20',
        on: '2026-08-01',
        movement: 'reversed',
        memo: 'reversed: ten for o-9',
        amount: '-3.00',
        currency: 'EUR',
      },
    ])
    expect(august.rewards.map(({ amount, currency }) => `${amount} ${currency}`)).toStrictEqual(['8.00 USD'])
    const words = ['statement', 'advocate', 'anna', '--period', '2026-08', '--program', 'later']
    expect(await ok(...words)).toContain(`ADJUSTED ON  BELONGS TO  WHAT                      AMOUNT
2026-08-01   2026-07-20  reversed: ten for o-9  -3.00 EUR`)
    expect(await ok(...words, '--format', 'html')).toContain('<h2>Adjustments of earlier months</h2>')
  })

  it('is followed by what is converted', async () => {
    await on('2026-09-01', 'later')
    const words = ['--program', 'later', '--from', 'USD', '--to', 'EUR', '--rate', '0.5', '--as-of', '2026-08-31']
    await ok('payouts', 'convert', ...words, '--by', 'fay')
    const september = await statement('advocate anna', '2026-09', '--program', 'later')
    expect(sums(september)).toBe('opening 7.00, converted 4.00, closing 11.00, payable 11.00')
    expect(sums(september, 'USD')).toBe('opening 8.00, converted -8.00')
    expect(
      september.others.map(({ on, movement, amount, currency }) => [on, movement, amount, currency]),
    ).toStrictEqual([
      ['2026-09-01', 'converted', '-8.00', 'USD'],
      ['2026-09-01', 'converted', '4.00', 'EUR'],
    ])
  })
})

describe('a statement that is asked for wrongly', () => {
  it.each([
    [['advocate', 'anna'], 2, /--period/],
    [['advocate', 'anna', '--period', '2026'], 2, /It must be a month such as 2026-03/],
    [['advocate', 'anna', '--period', '2026-03', '--format', 'pdf'], 2, /Allowed choices are text, json, html/],
    [['advocate', 'anna', '--period', '2026-03', '--format', 'html', '--json'], 2, /two things/],
    [
      ['advocate', 'anna', '--period', '2026-03'],
      1,
      /^later, summer have an advocate anna: say which with --program\.\n$/,
    ],
    [['advocate', 'k-1', '--period', '2026-03'], 1, /^No program has an advocate k-1; /],
    [['customer', 'anna', '--period', '2026-03'], 1, /^No program has a customer anna; /],
    [
      ['advocate', 'anna', '--period', '2026-03', '--program', 'x'],
      1,
      /^Program x has no advocate anna, but later, summer have\.\n$/,
    ],
    [
      ['advocate', 'zoe', '--period', '2026-03', '--program', 'x'],
      1,
      /^Program x has no advocate zoe, and so has no other\.\n$/,
    ],
    [
      ['advocate', 'anna', '--period', '2026-03', '--program', 'summer', '--at', '999999'],
      1,
      /^The tables are at position \d+; ask for that one/,
    ],
  ])('%j ends with %i', async (words, exit, says) => {
    const { code, out, err } = await bench.run(['statement', ...words])
    expect({ code, out }).toStrictEqual({ code: exit, out: '' })
    expect(err).toMatch(says)
  })

  it('but not if an advocate has earned nothing yet', async () => {
    await on('2026-08-02', 'later', enrolled('dora'))
    expect(await said('statement', 'advocate', 'dora', '--period', '2026-03')).toMatch(/^0 Statement of advocate dora/)
  })
})

const minor = (value: string, currency: string) => toMinor({ value, currency })

/** The rows below a statement's sums, added up by currency. */
function addedUp(rows: readonly { readonly amount: string; readonly currency: string }[], currency: string): bigint {
  return rows.filter((it) => it.currency === currency).reduce((sum, it) => sum + minor(it.amount, currency), 0n)
}

describe('the sums of a statement', () => {
  it('are those of its rows, and come to the closing balance, over arbitrary logs and batches', async () => {
    const seen = { totals: 0, rewards: 0, payments: 0 }
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const programId = `chance-${seed}`
      const events = randomLog(seed).map(({ event: { time, ...rest } }) => ({
        specversion: '1.0',
        ...rest,
        time: new Date(time).toISOString(),
      }))
      const items = inProgram(programId, events).map((value) => ({ tag: 'value', value }) as const)
      now = Date.parse('2026-12-01T12:00:00Z')
      await bench.engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
      await bench.engine.projector.catchUp()
      const lines = Object.values(await pay(programId, '2026-03-20', '2026-03-20').catch(() => ({})))
      const { lines: own = [] } =
        lines.length === 0 ? {} : JSON.parse(await ok('payouts', 'show', `${programId}-1`, '--json'))
      const outcomes = ['settled', 'failed', 'settled']
      await stated(
        '2026-03-22',
        ...own.map((it: Record<string, string>, index: number) =>
          [it.reference, it.amount, it.currency, outcomes[index % 3], '2026-03-21'].join(),
        ),
      )
      const parties = await bench.engine.warehouse.rows<{ party: string }>(
        `SELECT DISTINCT party_id AS party FROM vouch.ledger WHERE program_id = {programId:String} ORDER BY party`,
        { programId },
      )
      const people = new Set(
        parties.map(({ party }) => {
          const [, role, id = ''] = party.split(':')
          return `${role === 'referee' ? 'customer' : 'advocate'}\n${decodeURIComponent(id)}`
        }),
      )
      for (const who of people) {
        const [kind = '', id = ''] = who.split('\n')
        let before: Statement | undefined
        for (const period of ['2026-01', '2026-02', '2026-03']) {
          const own = await statementOf(bench.engine.warehouse, {
            programId,
            kind: kind as BeneficiaryKind,
            beneficiaryId: id,
            period,
            known: { position: await bench.engine.store.head(), isClosed: false },
          })
          for (const it of own.totals) expectSums(own, it, before)
          for (const of of ['totals', 'rewards', 'payments'] as const) seen[of] += own[of].length
          before = own
        }
      }
    }
    expect([seen.totals > 5, seen.rewards > 5, seen.payments > 0]).toStrictEqual([true, true, true])
  })
})

function expectSums(own: Statement, it: StatementTotals, before: Statement | undefined): void {
  const { currency } = it
  const of = (name: Exclude<keyof StatementTotals, 'currency'>) => minor(it[name], currency)
  expect(addedUp(own.rewards, currency)).toBe(of('earned') + of('reversed'))
  expect(addedUp(own.payments, currency)).toBe(of('paid'))
  expect(addedUp(own.others, currency)).toBe(of('writtenOff') + of('converted'))
  expect(addedUp(own.adjustments, currency)).toBe(of('adjusted'))
  expect(of('pending') + of('payable') + of('inTransit')).toBe(of('closing'))
  const moved = ['earned', 'reversed', 'paid', 'writtenOff', 'converted', 'adjusted'] as const
  expect(moved.reduce((sum, name) => sum + of(name), of('opening'))).toBe(of('closing'))
  const last = before?.totals.find((other) => other.currency === currency)
  if (before !== undefined) expect(it.opening).toBe(last?.closing ?? it.opening.replace(/\d/g, '0'))
  for (const reward of own.rewards) expect([reward.ruleId, reward.payableFrom]).not.toContain('')
}

describe('a page', () => {
  it('takes ids and names for texts, has no script, and asks for nothing from elsewhere', async () => {
    const id = `<script>alert("x")</script>&'`
    const mean = event('program.published', 'terms', '2026-01-01T00:00:00Z', {
      ...(published().data as object),
      name: '</title><script src="//evil.example">',
    })
    await on(
      '2026-08-03',
      'mean',
      mean,
      enrolled(id),
      issued(id, 'MEAN'),
      click('c', '2026-08-01T10:00:00Z', 'v-k', 'MEAN'),
    )
    await on(
      '2026-08-03',
      'mean',
      conversion('<img src=x onerror=alert(1)>', '2026-08-02T10:00:00Z', 'k', '10.00', { visitorId: 'v-k' }),
    )
    const page = await ok('statement', 'advocate', id, '--period', '2026-08', '--format', 'html')
    expect(page.startsWith('<!DOCTYPE html>\n<html lang="en">\n')).toBe(true)
    expect(page).toContain(
      '<title>Statement of &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;, August 2026, &lt;/title&gt;&lt;script src=&quot;//evil.example&quot;&gt;</title>',
    )
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;')
    const tags = new Set([...page.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name))
    expect([...tags].sort()).toStrictEqual(
      'body dd div dl dt footer h1 h2 head header html main meta p section style table tbody td th thead title tr'.split(
        ' ',
      ),
    )
    const attributes = [...page.matchAll(/<[^>]*>/g)].flatMap(([tag]) =>
      [...tag.matchAll(/\s([a-z]+)=/g)].map(([, name]) => name),
    )
    expect([...new Set(attributes)].sort()).toStrictEqual(['charset', 'class', 'content', 'lang', 'name', 'scope'])
    expect(page).not.toMatch(/url\(|@import/)
  })
})
