import { digitsOf, partyId } from '@vouch/domain'
import { type Random, randomFrom, randomLog } from '@vouch/testing'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bench, openBench } from '../testing/bench.ts'
import { type CloudEvent, click, conversion, event, published, refund, story } from '../testing/samples.ts'
import { payableBalances } from './payable.ts'
import { openPayout } from './payouts.ts'
import { appendDecided, readPayouts } from './stream.ts'

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench.close())

/** The same events in another program. */
const inProgram = (programId: string, events: readonly CloudEvent[]): CloudEvent[] =>
  events.map((it) => ({ ...it, id: `${programId}-${it.id}`, data: { ...(it.data as object), programId } }))

/** Tells a story of a program, and gives the words to work with it. */
async function program(programId: string, ...events: readonly CloudEvent[]) {
  const tell = (...more: readonly CloudEvent[]) => bench.append(...inProgram(programId, more))
  await tell(published(), ...story, ...events)
  const open = (...words: readonly string[]) =>
    json('payouts', 'open', '--program', programId, '--as-of', '2026-04-30', '--by', 'fay', ...words)
  const balances = async () => {
    const rows = await bench.engine.warehouse.rows<{ account: string; balance: string }>(
      `SELECT account, toString(sum(amount)) AS balance FROM vouch.ledger WHERE program_id = {programId:String}
       GROUP BY account, currency HAVING sum(amount) != 0 ORDER BY account`,
      { programId },
    )
    return Object.fromEntries(rows.map(({ account, balance }) => [account, balance]))
  }
  return { tell, open, balances, anna: `liability:payable:${programId}:advocate:anna` }
}

type Told = Awaited<ReturnType<typeof program>>

async function json(...words: readonly string[]) {
  const { code, out, err } = await bench.run([...words, '--json'])
  if (code !== 0) throw new Error(err)
  return JSON.parse(out)
}

async function said(...words: readonly string[]): Promise<string> {
  const { code, out, err } = await bench.run(words)
  return `${code} ${out}${err}`
}

const suspended = (advocateId: string) =>
  event('advocate.suspended', `s-${advocateId}`, '2026-06-01T00:00:00Z', { advocateId })
const granted = (advocateId: string, value: string, time = '2026-03-01T00:00:00Z', currency = 'EUR') =>
  event('reward.granted', `g-${advocateId}-${value}-${time}`, time, {
    advocateId,
    amount: { value, currency },
    reason: 'thanks',
  })

describe('a month', () => {
  let at: Told
  beforeAll(async () => {
    at = await program(
      'summer',
      granted('ben', '3.00'),
      granted('cleo', '20.00'),
      granted('dan', '9.00', undefined, 'USD'),
      suspended('cleo'),
    )
  })

  it('is paid: opened, approved by somebody else, exported, and not twice', async () => {
    const opened = await at.open('--minimum', '5.00')
    const [anna, dan] = opened.lines
    expect(opened).toStrictEqual({
      batchId: 'summer-1',
      position: 15,
      lines: [
        { reference: anna.reference, beneficiaryId: 'anna', amount: '6.50', currency: 'EUR' },
        { reference: dan.reference, beneficiaryId: 'dan', amount: '9.00', currency: 'USD' },
      ],
      totals: { EUR: '6.50', USD: '9.00' },
      carried: [
        { beneficiaryId: 'ben', kind: 'advocate', amount: '3.00', currency: 'EUR', reason: 'below-minimum' },
        { beneficiaryId: 'cleo', kind: 'advocate', amount: '20.00', currency: 'EUR', reason: 'suspended' },
      ],
    })
    expect(await at.balances()).toMatchObject({ 'liability:payable:summer:advocate:ben': '-3' })
    expect(await at.balances()).not.toHaveProperty('liability:payable:summer:advocate:anna')
    expect(
      await said('payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay', '--minimum', '5'),
    ).toBe('1 Nothing is payable in summer as of 2026-04-30; carried over: 1 below minimum, 1 suspended.\n')
    expect(await said('payouts', 'export', 'summer-1', '--format', 'csv')).toBe(
      '1 Batch summer-1 is not approved; vouch payouts approve summer-1 --by NAME does it, by somebody other than fay.\n',
    )
    expect(await said('payouts', 'approve', 'summer-1', '--by', 'FAY')).toBe(
      '1 Batch summer-1 was opened by fay, so somebody else approves it.\n',
    )
    expect(await said('payouts', 'approve', 'summer-1', '--by', 'gil')).toBe('0 Batch summer-1 is approved.\n')
    expect(await said('payouts', 'approve', 'summer-1', '--by', 'gil')).toBe('0 Batch summer-1 was approved already.\n')
    const csv = `reference,beneficiary_id,amount,currency\n${anna.reference},anna,6.50,EUR\n${dan.reference},dan,9.00,USD\n`
    expect(await said('payouts', 'export', 'summer-1', '--format', 'csv')).toBe(`0 ${csv}`)
    expect((await json('payouts', 'show', 'summer-1')).status).toBe('submitted')
    expect(await said('payouts', 'export', 'summer-1', '--format', 'csv')).toBe(`0 ${csv}`)
    expect(await said('payouts', 'cancel', 'summer-1', '--by', 'fay')).toMatch(
      /^1 The instructions of batch summer-1 are out/,
    )
    expect(await said('payouts', 'show', 'summer-1')).toBe(
      `0 Batch summer-1 of summer: what was payable on 2026-04-30, from 5.00 on, as known at position 15.
It is submitted: opened by fay, approved by gil. 2 lines, 6.50 EUR, 9.00 USD.
${anna.reference}  anna  6.50 EUR
${dan.reference}  dan   9.00 USD
Carried over:
ben   3.00 EUR   below-minimum
cleo  20.00 EUR  suspended
`,
    )
    expect(await json('payouts', 'list')).toStrictEqual([
      {
        batchId: 'summer-1',
        programId: 'summer',
        status: 'submitted',
        openedAt: '2026-07-01T12:00:00Z',
        lines: 2,
        totals: { EUR: '6.50', USD: '9.00' },
      },
    ])
    const rows = await bench.engine.warehouse.rows<{ entry: string; who: string }>(
      `SELECT entry, beneficiary_id AS who FROM vouch.payouts ORDER BY position, line`,
    )
    expect(rows.map(({ entry, who }) => `${entry} ${who}`)).toStrictEqual(
      ['opened', 'approved', 'submitted'].flatMap((entry) => [`${entry} anna`, `${entry} dan`]),
    )
    expect(await said('verify')).toMatch(/^0 .*\n/)
  })

  it('leaves a debt where a sale is refunded afterwards, which the next nets off', async () => {
    await at.tell(
      refund('r-2', '2026-06-20T10:00:00Z', 'o-1', '65.00'),
      conversion('o-2', '2026-05-03T10:00:00Z', 'k-1', '200.00'),
      click('c-9', '2026-05-02T10:00:00Z', 'v-1'),
    )
    expect(await at.balances()).toMatchObject({ 'liability:payable:summer:advocate:anna': '-13.5' })
    const { lines, batchId } = await json(
      'payouts',
      'open',
      '--program',
      'summer',
      '--as-of',
      '2026-06-25',
      '--by',
      'fay',
    )
    expect(batchId).toBe('summer-2')
    expect(
      lines.map(({ beneficiaryId, amount }: Record<string, string>) => `${beneficiaryId} ${amount}`),
    ).toStrictEqual(['anna 13.50', 'ben 3.00'])
    expect(await said('payouts', 'cancel', 'summer-2', '--by', 'gil', '--reason', 'too early')).toBe(
      '0 Batch summer-2 is cancelled.\n',
    )
    expect(await at.balances()).toMatchObject({ 'liability:payable:summer:advocate:anna': '-13.5' })
    expect(await said('verify')).toMatch(/^0 .*\n/)
  })
})

describe('what is payable as of a day', () => {
  let at: Told
  beforeAll(async () => {
    at = await program('autumn')
  })
  const payable = async (day: string) => {
    const { code, out, err } = await bench.run([
      'payouts',
      'open',
      '--program',
      'autumn',
      '--as-of',
      day,
      '--by',
      'fay',
      '--json',
    ])
    if (code !== 0) return err.replace(/^Nothing.*\n/, 'nothing')
    const { batchId, lines } = JSON.parse(out)
    await json('payouts', 'cancel', batchId, '--by', 'fay')
    return lines.map(({ beneficiaryId, amount }: Record<string, string>) => `${beneficiaryId} ${amount}`).join()
  }

  it('is there from the end of the hold on', async () => {
    expect(await payable('2026-04-01')).toBe('nothing')
    expect(await payable('2026-04-02')).toBe('anna 6.50')
  })

  it('has not what was taken back since, whatever day that was', async () => {
    await at.tell(refund('r-2', '2026-05-10T10:00:00Z', 'o-1', '15.00'))
    expect(await payable('2026-04-02')).toBe('anna 5.00')
    expect(await payable('2026-05-10')).toBe('anna 5.00')
  })

  it('has not what a batch of a later day has taken', async () => {
    const { batchId } = await at.open()
    expect(await payable('2026-04-02')).toBe('nothing')
    await json('payouts', 'cancel', batchId, '--by', 'fay')
    expect(await payable('2026-04-02')).toBe('anna 5.00')
  })
})

/** Rewards granted and taken back in several currencies, on any days. */
const byHand = (random: Random): CloudEvent[] =>
  Array.from({ length: 30 }, (_, index) => {
    const time = new Date(Date.UTC(2026, 0, 10 + random.pick([0, 9, 20, 50, 90, 110]))).toISOString()
    const amount = { value: String(random.pick([3, 17, 250])), currency: random.pick(['EUR', 'USD', 'KWD']) }
    const type = random.chance(0.25) ? 'reward.revoked' : 'reward.granted'
    return event(type, `by-hand-${index}`, time, { advocateId: random.pick(['a', 'b']), amount, reason: 'x' })
  })

interface Entry {
  readonly party: string
  readonly currency: string
  readonly on: string
  readonly batch: string
  /** The day as of which it was converted; empty for all else. */
  readonly converted: string
  /** In units of 1e-4, what is owed more by it. */
  readonly owed: number
}

/** The same by brute force, from the entries themselves: of each balance the least from the day on. */
async function leastFrom(programId: string, asOf: string): Promise<string[]> {
  const entries = await bench.engine.warehouse.rows<Entry>(
    `SELECT party_id AS party, toString(currency) AS currency, toString(effective_on) AS on, toString(batch_id) AS batch,
       toInt64(-amount * 10000)::Float64 AS owed, ifNull(as_of, '') AS converted
     FROM vouch.ledger LEFT JOIN (SELECT DISTINCT position, toNullable(toString(as_of)) AS as_of FROM vouch.balance_conversions) AS c USING position
     WHERE program_id = {programId:String} AND account LIKE 'liability:payable:%'`,
    { programId },
  )
  return [...Map.groupBy(entries, ({ party, currency }) => `${party} ${currency}`)]
    .map(([name, own]) => {
      const from = ({ on, batch, converted, owed }: Entry) =>
        batch !== '' || (converted !== '' && owed < 0) ? asOf : converted || on
      const days = [asOf, ...own.map(from).filter((day) => day > asOf)]
      const on = (day: string) => own.filter((it) => from(it) <= day).reduce((sum, it) => sum + it.owed, 0)
      return `${name} ${Math.min(...days.map(on))}`
    })
    .sort()
}

describe('what is payable', () => {
  it('is the least that each balance comes to from the day on, over arbitrary logs and batches', async () => {
    const programs = ['chance-1', 'chance-2', 'chance-3']
    let converted = 0
    for (const [index, programId] of programs.entries()) {
      const events = randomLog(index + 1).map(({ event: { time, ...rest } }) => ({
        specversion: '1.0',
        ...rest,
        time: new Date(time).toISOString(),
      }))
      const more = byHand(randomFrom(index + 1))
      const items = inProgram(programId, [...events, ...more]).map((value) => ({ tag: 'value', value }) as const)
      await bench.engine.admission.admit(items, { scopes: new Set(['ingest', 'admin']) })()
      for (const [asOf, from, to] of [
        ['2026-12-31', 'KWD', 'CLF'],
        ['2026-03-20', 'EUR', 'USD'],
        ['2026-04-02', 'USD', 'KWD'],
      ] as const) {
        const words = ['--program', programId, '--as-of', asOf, '--by', 'fay']
        const exchange = ['--from', from, '--to', to, '--rate', '0.2513']
        const { code } = await bench.run(['payouts', 'convert', ...words, ...exchange])
        if (code === 0) converted++
        if (from !== 'KWD') await bench.run(['payouts', 'open', ...words, '--minimum', '20'])
      }
    }
    expect(converted).toBeGreaterThan(6)
    await bench.engine.projector.catchUp()
    const position = await bench.engine.store.head()
    let seen = 0
    for (const programId of [...programs, 'summer']) {
      for (const asOf of ['2026-01-20', '2026-02-10', '2026-03-01', '2026-04-02', '2026-12-31']) {
        const balances = await payableBalances(bench.engine.warehouse, { programId, asOf, position })
        const found = balances.map(({ role, beneficiaryId, currency, amountMinor }) => {
          const units = Number(amountMinor) * 10 ** (4 - (digitsOf(currency) ?? 0))
          return `${partyId(programId, role, beneficiaryId)} ${currency} ${units}`
        })
        expect(found.sort(), `${programId} ${asOf}`).toStrictEqual(await leastFrom(programId, asOf))
        seen += balances.filter(({ amountMinor }) => amountMinor !== 0n).length
      }
    }
    expect(seen).toBeGreaterThan(10)
  })
})

describe('a command', () => {
  const { signal } = new AbortController()
  const own = '8e1a2f30-0000-4000-8000-00000000000a'
  const asOf = '2026-04-30'

  it('that opens while another does, is refused; what the other has taken stays taken', async () => {
    const { balances, anna } = await program('race')
    const answers = await Promise.all(
      [1, 2, 3].map(() => openPayout(bench.engine, { programId: 'race', asOf, by: 'fay' }, signal)),
    )
    expect(answers.filter(isRight).length).toBe(1)
    for (const answer of answers)
      if (isLeft(answer)) expect(['outrun', 'nothing-payable', 'tables-behind']).toContain(answer.left.tag)
    expect((await json('payouts', 'list', '--program', 'race')).length).toBe(1)
    expect(await balances()).not.toHaveProperty(anna)
  })

  it('that was outrun between looking and writing, writes nothing', async () => {
    await program('late')
    const { store, clock } = bench.engine
    const known = await readPayouts(store, 'late')
    const first = await openPayout(bench.engine, { programId: 'late', asOf, by: 'fay' }, signal)
    expect(isRight(first)).toBe(true)
    const data = { programId: 'late', batchId: 'late-1', by: 'x' }
    const late = [{ type: 'vouch.payout.approved.v1', id: 'late', data }] as const
    expect(await appendDecided(store, 'late', known, late, clock())).toStrictEqual({
      outcome: 'wrong-revision',
      actual: 0n,
    })
  })

  it('that opens under a name of its own and is repeated, opens once, and keeps the name', async () => {
    const { open } = await program('mine')
    const opened = await open('--batch', own)
    expect(opened.batchId).toBe(own)
    expect(await open('--batch', own)).toStrictEqual(opened)
    const words = ['--as-of', '2026-05-01', '--by', 'fay', '--batch', own]
    expect(await said('payouts', 'open', '--program', 'mine', ...words)).toBe(
      `1 Batch ${own} is there already, as of 2026-04-30, opened by fay; name another.\n`,
    )
    await program('theirs')
    expect(await said('payouts', 'open', '--program', 'theirs', ...words)).toBe(
      `1 Batch ${own} is there already, of another program or opened at the same moment; name another.\n`,
    )
  })

  it('that exports at the same moment as another prints the same, and is recorded once', async () => {
    const { open } = await program('out')
    await open()
    await json('payouts', 'approve', 'out-1', '--by', 'gil')
    const words = ['payouts', 'export', 'out-1', '--format', 'csv']
    const [one, other] = await Promise.all([said(...words), said(...words)])
    expect(one).toMatch(/^0 reference,/)
    expect(one).toBe(other)
    const rows = await bench.engine.warehouse.rows(
      `SELECT count() AS n FROM vouch.events WHERE program_id = 'out' AND type = 'vouch.payout.submitted.v1'`,
    )
    expect(rows).toEqual([{ n: '1' }])
  })

  it.each([
    [['open', '--program', 'summer', '--by', 'fay', '--as-of', '2026-02-30'], /It must be a day/],
    [['open', '--program', 'summer', '--by', 'fay'], /--as-of/],
    [['open', '--program', 'summer', '--as-of', '2026-04-30'], /--by/],
    [['open', '--program', 'summer', '--by', ' ', '--as-of', '2026-04-30'], /It must be a name/],
    [
      ['open', '--program', 'summer', '--by', 'fay', '--as-of', '2026-04-30', '--minimum', '-1'],
      /It must be a decimal/,
    ],
    [['open', '--program', 'summer', '--by', 'fay', '--as-of', '2026-04-30', '--batch', 'x'], /It must be a UUID/],
    [['export', 'summer-1'], /--format/],
    [['export', 'summer-1', '--format', 'pain.008'], /Allowed choices are csv, pain.001/],
    [['approve', 'summer-1'], /--by/],
    [['cancel', 'summer-1', '--by', 'fay', '--reason', ' '], /It must be a text/],
  ])('that is typed wrongly ends with 2: %j', async (words, says) => {
    const { code, err } = await bench.run(['payouts', ...words])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })

  it.each([
    [['approve', 'x', '--by', 'gil']],
    [['cancel', 'x', '--by', 'gil']],
    [['export', 'x', '--format', 'csv']],
    [['show', 'x']],
  ])('about a batch that there is not ends with 1: %j', async (words) => {
    expect(await said('payouts', ...words)).toBe('1 There is no batch x; vouch payouts list shows those there are.\n')
  })

  it('of a program that nobody published is refused as such', async () => {
    const words = ['--as-of', '2026-04-30', '--by', 'fay']
    expect(await said('payouts', 'open', '--program', 'sumer', ...words)).toBe(
      '1 There is no program sumer: nobody has published its terms, and nothing is payable in it.\n',
    )
    await bench.append(...inProgram('published', [published()]))
    expect(await said('payouts', 'open', '--program', 'published', ...words)).toBe(
      '1 Nothing is payable in published as of 2026-04-30.\n',
    )
  })

  it('that lists nothing says so', async () => {
    expect(await said('payouts', 'list', '--program', 'nowhere')).toBe(
      '0 There is no batch; vouch payouts open makes one.\n',
    )
  })

  it('is the only way to payouts: nobody can send one', async () => {
    const { admission } = bench.engine
    const value = event('payout.approved', 'x', '2026-06-01T00:00:00Z', { batchId: 'summer-1', by: 'eve' })
    const answer = await admission.admit([{ tag: 'value', value }], { scopes: new Set(['ingest', 'admin']) })()
    expect(isRight(answer) && answer.right).toMatchObject([
      { outcome: 'rejected', field: 'type', reason: expect.stringContaining('comes from its command alone') },
    ])
  })
})
