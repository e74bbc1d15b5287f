import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Random, randomFrom } from '@vouch/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { type CloudEvent, event, published } from '../testing/samples.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

const header = 'reference,beneficiary_id,amount,currency,status,date,fee'
let files = 0

/** Takes a statement in: rows as CSV, or fields of rows. */
async function stated(rows: readonly string[], head = header, words: readonly string[] = []) {
  const name = `statement-${++files}.csv`
  writeFileSync(join(bench.dir, name), [head, ...rows, ''].join('\n'))
  const { code, out, err } = await bench.run(['statements', 'import', name, '--json', ...words])
  return { code, err, ...(out === '' ? {} : JSON.parse(out)) }
}

async function json(...words: readonly string[]) {
  const { code, out, err } = await bench.run([...words, '--json'])
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

const who = ['ada', 'bea', 'cem', 'dan', 'eve']

/** A batch of 10.00 EUR for each of five, submitted unless said otherwise; their references, in order. */
async function batch(programId: string, submitted = true): Promise<string[]> {
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
  const opened = await json('payouts', 'open', '--program', programId, '--as-of', '2026-04-30', '--by', 'fay')
  await json('payouts', 'approve', opened.batchId, '--by', 'gil')
  if (submitted) await bench.run(['payouts', 'export', opened.batchId, '--format', 'csv'])
  return opened.lines.map(({ reference }: { reference: string }) => reference)
}

const row = (
  reference: string,
  name: string,
  more: Partial<Record<'amount' | 'currency' | 'status' | 'date' | 'fee', string>> = {},
) =>
  [
    reference,
    name,
    more.amount ?? '10.00',
    more.currency ?? 'EUR',
    more.status ?? 'settled',
    more.date ?? '2026-07-02',
    more.fee ?? '',
  ].join()

/** 'class beneficiary' of a batch, and the exit code. */
async function classes(batchId: string) {
  const { code, out, err } = await bench.run(['reconcile', '--batch', batchId, '--json'])
  const { lines, totals } = JSON.parse(out)
  const own = lines.filter((line: { batchId: string }) => line.batchId === batchId)
  return {
    code,
    err,
    totals,
    lines: own.map((line: { class: string; beneficiaryId: string }) => `${line.class} ${line.beneficiaryId}`),
  }
}

const balances = async (programId: string) => {
  const rows = await bench.engine.warehouse.rows<{ account: string; balance: string }>(
    `SELECT account, toString(sum(amount)) AS balance FROM vouch.ledger WHERE program_id = {programId:String}
     GROUP BY account HAVING sum(amount) != 0 ORDER BY account`,
    { programId },
  )
  return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]))
}

/** The view, as the command has it. */
const viewed = async () => {
  const rows = await bench.engine.warehouse.rows<Record<string, string>>(
    `SELECT batch_id, reference, beneficiary_id, toString(expected) AS expected, toString(actual) AS actual, currency, actual_currency, class,
       resolution, resolved_by
     FROM vouch.reconciliation`,
  )
  return rows.map((it) => Object.values(it).map(String).join()).sort()
}

const printed = async () => {
  const { lines } = JSON.parse((await bench.run(['reconcile', '--json'])).out)
  const short = (amount: string | null) => (amount === null ? 'null' : String(Number(amount)))
  return lines
    .map((it: Record<string, string> & { resolution: { as: string; by: string } | null }) =>
      [
        it.class === 'unexpected' ? '' : it.batchId,
        it.reference,
        it.beneficiaryId ?? '',
        short(it.expected ?? null),
        short(it.actual ?? null),
        it.currency,
        it.actualCurrency ?? '',
        it.class,
        it.resolution?.as ?? '',
        it.resolution?.by ?? '',
      ].join(),
    )
    .sort()
}

interface Open {
  readonly reference: string
  readonly class: string
  readonly lines: readonly string[]
  readonly needsPerson: boolean
  readonly resolutions: readonly [string, ...string[]]
}

/** Resolves some of what needs a person, in ways that make sense. */
async function resolveSome(random: Random): Promise<void> {
  const { lines } = JSON.parse((await bench.run(['reconcile', '--json'])).out) as { lines: Open[] }
  for (const it of lines.filter(({ needsPerson }) => needsPerson && random.chance(0.25))) {
    const isAlone = it.class === 'unexpected' || it.class === 'duplicate'
    const line = isAlone ? (it.lines[0] ?? '') : 'instruction'
    const rate = it.class === 'currency-differs' ? ['--rate', '0.9'] : []
    const words = ['--as', random.pick(it.resolutions), '--by', 'hal', '--reason', 'asked', '--line', line]
    const all = await bench.run(['reconcile', 'resolve', it.reference, ...words, ...rate])
    if (all.code !== 0 && rate.length > 0) await bench.run(['reconcile', 'resolve', it.reference, ...words])
  }
}

describe('a statement', () => {
  it('settles what it says, once, books fees, and gives back what failed or came back', async () => {
    const [ada = '', bea = '', cem = '', dan = '', eve = ''] = await batch('summer')
    expect(await classes('summer-1')).toStrictEqual({
      code: 0,
      err: '',
      totals: { awaiting: 5 },
      lines: who.map((it) => `awaiting ${it}`),
    })
    const rows = [
      row(ada, 'ada', { fee: '0.35' }),
      row(bea, 'bea', { status: 'failed' }),
      row(cem, 'cem', { status: 'returned', fee: '3.00' }),
      row(dan, 'dan'),
    ]
    expect(await stated(rows)).toStrictEqual({
      code: 0,
      err: '',
      read: 4,
      appended: 4,
      duplicate: 0,
      conflict: 0,
      rejected: 0,
      rejects: null,
      booked: { settled: 2, failed: 1, returned: 1 },
    })
    expect(await classes('summer-1')).toStrictEqual({
      code: 1,
      err: '1 line needs a person: 1 missing.\n',
      totals: { settled: 2, failed: 1, returned: 1, missing: 1 },
      lines: ['settled ada', 'failed bea', 'returned cem', 'settled dan', 'missing eve'],
    })
    const after = await balances('summer')
    expect(after).toStrictEqual({
      'asset:cash:bank': '-23.35',
      'expense:payout-fees': '3.35',
      'expense:rewards:summer': '50',
      'liability:in-transit:summer-1': '-10',
      'liability:payable:summer:advocate:bea': '-10',
      'liability:payable:summer:advocate:cem': '-10',
    })
    expect(await stated(rows.toReversed())).toMatchObject({ code: 0, appended: 0, duplicate: 4, booked: {} })
    expect(await balances('summer')).toStrictEqual(after)
    // Late, and a return of what was settled.
    const more = [row(eve, 'eve', { date: '2026-07-20' }), row(dan, 'dan', { status: 'returned', date: '2026-07-21' })]
    expect(await stated(more)).toMatchObject({ code: 0, appended: 2, booked: { settled: 1, returned: 1 } })
    expect(await classes('summer-1')).toMatchObject({
      code: 0,
      lines: ['settled ada', 'failed bea', 'returned cem', 'returned dan', 'settled eve'],
    })
    expect(await balances('summer')).toMatchObject({
      'asset:cash:bank': '-23.35',
      'liability:payable:summer:advocate:dan': '-10',
    })
    const again = await json('payouts', 'open', '--program', 'summer', '--as-of', '2026-07-31', '--by', 'fay')
    expect(again.totals).toStrictEqual({ EUR: '30.00' })
    expect((await bench.run(['verify'])).code).toBe(0)
  })

  it('of what has not gone out is unexpected, until it has', async () => {
    const [ada = ''] = await batch('early', false)
    expect(await stated([row(ada, 'ada')])).toMatchObject({ code: 0, appended: 1, booked: {} })
    expect(await classes('early-1')).toMatchObject({ code: 1, totals: { unexpected: 1 }, lines: [] })
    await bench.run(['payouts', 'export', 'early-1', '--format', 'csv'])
    expect(await classes('early-1')).toMatchObject({ code: 1, totals: { settled: 1, missing: 4 } })
    expect(await balances('early')).toMatchObject({ 'asset:cash:bank': '-10' })
  })

  it('that differs settles nothing, but its fee is gone', async () => {
    const [ada = '', bea = '', cem = '', dan = '', eve = ''] = await batch('odd')
    const rows = [
      row(ada, 'ada', { amount: '9.65', fee: '0.35' }),
      row(bea, 'bea', { currency: 'USD' }),
      row(cem, 'dan'),
      row(dan, 'cem'),
      row(eve, 'eve', { amount: '4.00' }),
      row(eve, 'eve', { amount: '6.00' }),
      row('nobody knows it', 'ada', { amount: '1.00' }),
    ]
    expect(await stated(rows)).toMatchObject({ code: 0, appended: 7, booked: {} })
    expect(await classes('odd-1')).toMatchObject({
      code: 1,
      err: '9 lines need a person: 2 missing, 3 unexpected, 1 duplicate, 1 currency-differs, 2 amount-differs.\n',
      lines: [
        'amount-differs ada',
        'currency-differs bea',
        'missing cem',
        'missing dan',
        'amount-differs eve',
        'duplicate eve',
      ],
    })
    expect(await balances('odd')).toStrictEqual({
      'asset:cash:bank': '-0.35',
      'expense:payout-fees': '0.35',
      'expense:rewards:odd': '50',
      'liability:in-transit:odd-1': '-50',
    })
    expect((await bench.run(['verify'])).code).toBe(0)
  })

  it('is in the view as the command has it', async () => {
    const references = await batch('any')
    const random = randomFrom(6)
    const rows = Array.from({ length: 60 }, () => {
      const index = random.pick([0, 1, 2, 3])
      return row(
        random.pick([references[index] ?? '', references[index] ?? '', 'unheard of']),
        random.pick([who[index] ?? '', '', 'zoe']),
        {
          amount: random.pick(['10.00', '10.00', '9.00', '11.00']),
          currency: random.pick(['EUR', 'EUR', 'EUR', 'USD']),
          status: random.pick(['settled', 'failed', 'returned', 'returned']),
          date: random.pick(['2026-07-02', '2026-07-03']),
        },
      )
    })
    expect((await stated(rows)).code).toBe(0)
    const lines = await printed()
    expect(lines.length).toBeGreaterThan(50)
    expect(await viewed()).toStrictEqual(lines)
    // Some are resolved, and then statements say more.
    await resolveSome(random)
    const resolved = await printed()
    expect(resolved.filter((it: string) => it.endsWith(',hal')).length).toBeGreaterThan(2)
    expect(await viewed()).toStrictEqual(resolved)
    const more = references
      .slice(0, 4)
      .flatMap((reference, index) => [
        row(reference, who[index] ?? '', { date: '2026-06-30' }),
        row(reference, who[index] ?? '', { status: 'returned', date: '2026-06-30' }),
      ])
    expect((await stated(more)).code).toBe(0)
    await resolveSome(random)
    const later = await printed()
    expect(later).not.toStrictEqual(resolved)
    expect(await viewed()).toStrictEqual(later)
  }, 180_000)

  it('with a broken line is taken but for that, which is named', async () => {
    const [ada = '', bea = ''] = await batch('torn')
    const head = 'Status,line_id,DATE,note,statement_id,currency,amount,reference'
    const rows = [
      `settled,1,2026-07-02,x,s-1,eur,10.00,${ada}`,
      `paid,2,2026-07-02,x,s-1,EUR,10.00,${bea}`,
      `settled,3,2026-07-02,x,s-1,EUR,"10,00",${bea}`,
      `settled,4,2026-02-30,x,s-1,EUR,10.00,${bea}`,
      'settled,5,2026-07-02',
      'settled,6,2026-07-02,x,s-1,EUR,10.00,',
    ]
    const { code, err, rejects, ...counts } = await stated(rows, head, ['--provider', 'other bank'])
    expect({ code, ...counts }).toStrictEqual({
      code: 1,
      read: 6,
      appended: 1,
      duplicate: 0,
      conflict: 0,
      rejected: 5,
      booked: { settled: 1 },
    })
    expect(err).toMatch(
      /^5 lines were not taken \(line 3: status .*\); each stands in .*\.ndjson with its reason: .*\.\n$/,
    )
    const named = readFileSync(rejects, 'utf8')
      .trim()
      .split('\n')
      .map((it) => JSON.parse(it))
    expect(named.map(({ line, field, outcome, input }) => [line, field, outcome, input])).toStrictEqual(
      ['status', 'amount', 'date', '', 'reference'].map((field, index) => [
        index + 3,
        field,
        'rejected',
        rows[index + 1],
      ]),
    )
    expect(await balances('torn')).toMatchObject({ 'asset:cash:other%20bank': '-10' })
    // The same line, and then one that says otherwise.
    const corrected = (rows[0] as string).replace('10.00', '11.00')
    const answer = await stated([rows[0] as string, corrected], head, ['--provider', 'other bank'])
    expect(answer).toMatchObject({ code: 1, appended: 0, duplicate: 1, conflict: 1, rejected: 0 })
    expect(readFileSync(answer.rejects, 'utf8')).toContain('"field":"amount"')
  })

  it.each([
    [
      'without a header that can be used',
      ['x,y'],
      'ref,amount',
      /does not name the columns reference, currency, status, date/,
    ],
    ['that names a column twice', [], `${header},amount`, /names the column amount twice/],
  ])('%s is refused', async (_name, rows, head, says) => {
    const { code, err, ...rest } = await stated(rows, head)
    expect({ code, rest }).toStrictEqual({ code: 2, rest: {} })
    expect(err).toMatch(says)
  })

  it('that two people take in at once is taken in once', async () => {
    const references = await batch('both')
    const rows = references.map((reference, index) => row(reference, who[index] ?? '', { fee: '0.10' }))
    const both = await Promise.all([stated(rows), stated(rows.toReversed())])
    expect(both.map(({ code }) => code)).toStrictEqual([0, 0])
    expect(both.map(({ appended, duplicate }) => appended + duplicate)).toStrictEqual([5, 5])
    expect(both[0]?.appended + both[1]?.appended).toBe(5)
    expect(await classes('both-1')).toMatchObject({ lines: who.map((it) => `settled ${it}`) })
    expect(await balances('both')).toMatchObject({ 'asset:cash:bank': '-50.5', 'expense:payout-fees': '0.5' })
  })

  it('may be camt.053', async () => {
    const [ada = ''] = await batch('bank')
    writeFileSync(
      join(bench.dir, 'july.xml'),
      `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S-1</Id>
       <Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-07-02</Dt></BookgDt>
       <NtryDtls><TxDtls><Refs><EndToEndId>${ada}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>`,
    )
    const words = ['statements', 'import', 'july.xml', '--format', 'camt.053']
    expect(await bench.run(words)).toStrictEqual({
      code: 0,
      out: '1 read: 1 appended, 0 duplicate, 0 in conflict, 0 rejected. Booked: 1 settled.\n',
      err: '',
    })
    expect((await bench.run(words)).out).toBe('1 read: 0 appended, 1 duplicate, 0 in conflict, 0 rejected.\n')
    expect(await classes('bank-1')).toMatchObject({ totals: { settled: 1, missing: 4 } })
  })

  it('of no batch there is, is said', async () => {
    expect(await bench.run(['reconcile', '--batch', 'none'])).toStrictEqual({
      code: 1,
      out: '',
      err: 'There is no batch none; vouch payouts list shows those there are.\n',
    })
  })
})
