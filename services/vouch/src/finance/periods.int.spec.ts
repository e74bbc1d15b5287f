import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { daysOf, declare } from '@vouch/domain'
import { openSqliteStore } from '@vouch/event-store'
import { createAdmission } from '@vouch/ingestion'
import { projections } from '@vouch/projections'
import { type Projection, Projector } from '@vouch/projector'
import { openChdbWarehouse } from '@vouch/warehouse'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLaws } from '../commands/verify.ts'
import { type Bench, noon, openBench, runOnce } from '../testing/bench.ts'
import { click, conversion, published, refund, story } from '../testing/samples.ts'
import { appendDecidedTo } from './append-decided.ts'
import { partyTotals } from './party-totals.ts'
import { closePeriod, readPeriods } from './periods.ts'

const periodOf = (month: string) => ['--program', 'summer', '--period', month]

describe('the months of a program', () => {
  let bench: Bench
  const { signal } = new AbortController()
  const ok = async (...words: readonly string[]) => {
    const { code, out, err } = await bench.run(words)
    expect({ code, err }).toStrictEqual({ code: 0, err: '' })
    return out
  }
  const refused = async (...words: readonly string[]) => {
    const { code, out, err } = await bench.run(words)
    expect({ code, out }).toStrictEqual({ code: 1, out: '' })
    return err
  }
  const shown = () =>
    Promise.all(
      ['text', 'json', 'csv'].map((format) => ok('periods', 'show', ...periodOf('2026-03'), '--format', format)),
    )

  beforeAll(async () => {
    bench = await openBench()
    await bench.append(published(), ...story)
  })
  afterAll(() => bench.close())

  it('are none at first', async () => {
    expect(await ok('periods', 'list')).toBe('No month is closed; vouch periods close does it.\n')
    expect(await ok('periods', 'show', ...periodOf('2026-02'))).toBe(
      '2026-02 of summer, 2026-02-01 to 2026-02-28. It is not closed, and may still change.\nNothing is or was owed.\n',
    )
  })

  it('are closed in order, once they are over', async () => {
    expect(await refused('periods', 'close', ...periodOf('2026-07'), '--by', 'fay')).toBe(
      '2026-07 ends on 2026-07-31; close it when that day is over.\n',
    )
    expect(await refused('periods', 'close', '--program', 'winter', '--period', '2026-03', '--by', 'fay')).toBe(
      'There is no program winter; vouch sql "SELECT program_id FROM progress" shows those there are.\n',
    )
    expect(await ok('periods', 'close', ...periodOf('2026-03'), '--by', 'fay')).toBe(
      `2026-03 of summer, 2026-03-01 to 2026-03-31. It was closed by fay with what was known at position 12.
ROLE      WHO        OPENING  EARNED  REVERSED  CLOSING
advocate  anna  EUR     0.00   10.00     -3.50     6.50
all             EUR     0.00   10.00     -3.50     6.50
`,
    )
    expect(await refused('periods', 'close', ...periodOf('2026-05'), '--by', 'fay')).toBe(
      '2026-04 is the next month of summer to be closed; close it before 2026-05.\n',
    )
    expect(await ok('periods', 'close', ...periodOf('2026-03'), '--by', 'gil')).toContain('It was closed before.\n')
  })

  it('stay the same bytes, whatever is told later, and that is an adjustment of the next', async () => {
    const before = await shown()
    expect(before[2]).toBe(
      'program_id,period,party_id,role,beneficiary_id,currency,opening,earned,reversed,paid,written_off,converted,adjusted,closing,pending,payable,in_transit\nsummer,2026-03,summer:advocate:anna,advocate,anna,EUR,0.00,10.00,-3.50,0.00,0.00,0.00,0.00,6.50,6.50,0.00,0.00\n',
    )
    await bench.append(
      click('late', '2026-03-02T10:00:00Z', 'v-9'),
      conversion('o-9', '2026-03-30T10:00:00Z', 'k-1', '40.00'),
      refund('r-9', '2026-03-31T10:00:00Z', 'o-1', '10.00'),
    )
    expect(await shown()).toStrictEqual(before)
    expect(await ok('periods', 'show', ...periodOf('2026-04'))).toBe(
      `2026-04 of summer, 2026-04-01 to 2026-04-30. It is not closed, and may still change.
ROLE      WHO        OPENING  ADJUSTED  CLOSING
advocate  anna  EUR     6.50      3.00     9.50
all             EUR     6.50      3.00     9.50
`,
    )
    expect(await checkLaws(bench.engine)).toStrictEqual([])
    expect((await bench.run(['verify'])).code).toBe(0)
  })

  it('are finished by whoever tries again, where closing was broken off', async () => {
    const { store } = bench.engine
    const { revision } = await readPeriods(store, 'summer')
    const data = { programId: 'summer', period: '2026-04', by: 'fay' }
    await appendDecidedTo(store, { stream: 'periods:summer', source: 'vouch/periods', revision, now: noon }, [
      { type: 'vouch.period.closing.v1', id: 'summer/2026-04/closing', data },
    ])
    const late = refund('r-10', '2026-04-02T10:00:00Z', 'o-1', '1.00')
    await bench.append(late)
    expect(await ok('periods', 'list')).toBe(
      'summer  2026-03  2026-07-01T12:00:00Z  fay\nsummer  2026-04  being closed          fay\n',
    )
    const { closed, totals } = JSON.parse(await ok('periods', 'close', ...periodOf('2026-04'), '--by', 'gil', '--json'))
    expect(closed).toMatchObject({ by: 'fay' })
    expect(totals).toMatchObject([{ opening: '6.50', adjusted: '3.00', closing: '9.50' }])
    const may = JSON.parse(await ok('periods', 'show', ...periodOf('2026-05'), '--json'))
    expect(may).toMatchObject({ closed: null, totals: [{ opening: '9.50', adjusted: '-0.10', closing: '9.40' }] })
  })

  it('are closed once, by two at the same moment', async () => {
    const both = await Promise.all(
      ['fay', 'gil'].map((by) => closePeriod(bench.engine, { programId: 'summer', period: '2026-05', by }, signal)),
    )
    const told = both.map((it) => (isLeft(it) ? it.left.tag : it.right.closed))
    expect(told[0]).toStrictEqual(told[1])
    const rows = await bench.engine.warehouse.rows(
      "SELECT entry, toUInt32(count()) AS n FROM vouch.periods WHERE period = '2026-05' GROUP BY entry ORDER BY entry",
    )
    expect(rows).toStrictEqual([
      { entry: 'closed', n: 1 },
      { entry: 'closing', n: 1 },
    ])
    expect(await checkLaws(bench.engine)).toStrictEqual([])
  })

  it.each([
    [['close', ...periodOf('2026-13'), '--by', 'fay'], /It must be a month such as 2026-03/],
    [['close', ...periodOf('2026-03')], /--by/],
    [['show', ...periodOf('2026-03'), '--format', 'pdf'], /Allowed choices are text, json, csv/],
    [['show', '--program', 'summer'], /--period/],
  ])('are asked for in words that are understood: %j', async (words, says) => {
    const { code, err } = await bench.run(['periods', ...words])
    expect(code).toBe(2)
    expect(err).toMatch(says)
  })
})

describe('a folder whose months were closed by a version that rewarded otherwise', () => {
  it('keeps them as they were declared, says so, and books the difference', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'vouch-periods-'))
    try {
      await makeUnderOtherFolds(dir)
      const shown = () => runOnce(dir, ['periods', 'show', ...periodOf('2026-03'), '--format', 'csv'])
      const rebuilt = await runOnce(dir, ['rebuild'])
      const says =
        '2026-03 of summer is kept as it was declared, and the books now make something else of it: 1 party, -6.50 EUR in all; the difference is booked on 2026-04-01.'
      expect(rebuilt.out).toContain(says)
      expect((await shown()).out).toContain(',EUR,0.00,20.00,-7.00,0.00,0.00,0.00,0.00,13.00,')
      const april = await runOnce(dir, ['periods', 'show', ...periodOf('2026-04'), '--json'])
      expect(JSON.parse(april.out).totals).toMatchObject([{ opening: '13.00', adjusted: '-6.50', closing: '6.50' }])
      const verified = await runOnce(dir, ['verify'])
      expect([verified.code, verified.err]).toStrictEqual([0, ''])
      expect(verified.out).toContain(says)
      expect((await runOnce(dir, ['periods', 'list'])).out).toContain(says)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

/** A folder as a version made it that gave twice as much. */
async function makeUnderOtherFolds(dir: string): Promise<void> {
  const other: Projection[] = projections.map((it) =>
    it.name === 'attribution' ? { ...it, version: it.version - 1, fold: (...args) => it.fold(...args).map(twice) } : it,
  )
  const clock = () => noon
  const opened = openSqliteStore({ path: join(dir, 'log.db') })
  if (!isRight(opened)) throw new Error(opened.left.message)
  const store = opened.right
  const items = [published(), ...story].map((value) => ({ tag: 'value' as const, value }))
  const answer = await createAdmission({ store, clock }).admit(items, { scopes: new Set(['ingest', 'admin']) })()
  expect(isRight(answer)).toBe(true)
  const warehouse = await openChdbWarehouse({
    path: join(dir, 'warehouse'),
    tables: other.map((projection) => projection.tables),
    clock,
  })
  await warehouse.migrate()
  const folder = join(dir, 'state')
  mkdirSync(folder)
  const projector = await Projector.open({ store, warehouse, projections: other, folder, clock })
  const appending = { stream: 'periods:summer', source: 'vouch/periods', now: noon }
  const data = { programId: 'summer', period: '2026-03', by: 'fay' }
  const closing = { type: 'vouch.period.closing.v1', id: 'summer/2026-03/closing', data } as const
  await appendDecidedTo(store, { ...appending, revision: -1n }, [closing])
  await projector.catchUp()
  const { periods, revision } = await readPeriods(store, 'summer')
  const [own] = periods
  if (own === undefined) throw new Error('nothing is being closed')
  const { first, last } = daysOf('2026-03')
  const totals = await partyTotals(warehouse, { programId: 'summer', from: first, until: last, position: own.from })
  await appendDecidedTo(store, { ...appending, revision }, [declare('summer', own, totals)])
  await projector.catchUp()
  await projector.close()
  await warehouse.close()
  await store.close()
}

function twice<Row extends { readonly table: string; readonly values: Readonly<Record<string, unknown>> }>(
  row: Row,
): Row {
  if (row.table !== 'rewards') return row
  const cents = BigInt(String(row.values.amount).replace('.', '')) * 2n
  const sign = cents < 0n ? '-' : ''
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0')
  return { ...row, values: { ...row.values, amount: `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}` } }
}
