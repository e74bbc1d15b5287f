import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exact } from '../demo/amounts.ts'
import { marker } from '../demo/folder.ts'
import { paperFor } from '../demo/layout.ts'
import type { Next } from '../demo/next.ts'
import type { Proof } from '../demo/proof.ts'
import type { Report } from '../demo/report.ts'
import { reportText } from '../demo/text.ts'
import { eventually } from '../testing/eventually.ts'
import { openPlace, type Place } from '../testing/place.ts'

type Printed = Report & { readonly dataDir: string; readonly proof: Proof; readonly next: readonly Next[] }

/** On a disk that others use too, one demo can take as long as its syncs have to wait. */
const patience = 180_000

describe('vouch demo', { timeout: patience }, () => {
  let place: Place
  let text: string
  let printed: Printed
  beforeAll(async () => {
    place = await openPlace()
    text = await place.ok('demo')
    // The second run is over the first one's folder.
    printed = JSON.parse(await place.ok('demo', '--json')) as Printed
  }, patience)
  afterAll(() => place.close())

  const ask = async <T>(query: string): Promise<T[]> => {
    const lines = await place.ok('sql', '--data', '.vouch-demo', '--format', 'JSONEachRow', query)
    return lines
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as T)
  }
  const sum = (amounts: readonly string[]): bigint =>
    amounts.reduce((total, amount) => total + BigInt(amount.replace('.', '')), 0n)

  it('keeps to .vouch-demo in the current folder, whatever VOUCH_DATA says', () => {
    expect(existsSync(place.data)).toBe(false)
    expect(existsSync(place.path(join('.vouch-demo', marker)))).toBe(true)
    expect(printed.dataDir).toBe(place.path('.vouch-demo'))
  })

  it('prints plain text where it is piped, and no more than a hundred columns of its own words', () => {
    expect(text).not.toContain('\u001b')
    const own = text.slice(0, text.indexOf('Why, for one conversion'))
    expect(own.split('\n').filter((line) => line.length > 100)).toEqual([])
  })

  it.each([80, 100, 140])('fits a terminal of %i columns', (columns) => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns })
    const plain = { ...paperFor(terminal), ...paperFor(new PassThrough()), width: columns, hasEdge: true }
    const lines = reportText(printed, plain).split('\n')
    expect(lines.filter((line) => line.length > columns)).toEqual([])
  })

  it('gives each line one outcome, and says what it refused', () => {
    const { read, appended, duplicate, conflict, rejected, refusals } = printed.outcomes
    expect(read).toBe(appended + duplicate + conflict + rejected)
    expect(duplicate).toBeGreaterThan(20)
    expect(refusals.map(({ outcome, id }) => [outcome, id])).toEqual([
      ['rejected', 'bad-cents'],
      ['conflict', 'order-self-again'],
      ['rejected', 'bad-type'],
      ['rejected', 'bad-time'],
      ['rejected', 'bad-visitor'],
      ['rejected', 'bad-year'],
      ['rejected', null],
    ])
  })

  it('adds up to what the tables say', async () => {
    const { simulated, performance, balances, models, outcomes, proof } = printed
    const [events] = await ask<{ n: string; last: string }>('SELECT count() AS n, max(position) AS last FROM events')
    expect([Number(events?.n), Number(events?.last)]).toEqual([simulated.events, proof.position])
    expect(simulated.events).toBe(outcomes.appended)
    expect(Object.values(simulated.types).reduce((total, count) => total + count, 0)).toBe(simulated.events)

    const [board] = await ask<Record<'revenue' | 'conversions' | 'rewards', string>>(
      `SELECT toString(sumIf(amount, currency = 'EUR')) AS revenue, toString(sum(credit)) AS conversions,
         (SELECT toString(sum(amount)) FROM rewards WHERE role != 'referee') AS rewards
       FROM attributions WHERE model = 'last-touch'`,
    )
    const cents = (amount = ''): bigint => sum([exact(amount, 'EUR')])
    expect([cents(board?.revenue), cents(board?.rewards)]).toEqual([
      sum(performance.advocates.map(({ revenue }) => revenue)),
      sum(performance.advocates.map(({ rewards }) => rewards)),
    ])
    expect(sum([performance.total.revenue])).toBe(cents(board?.revenue))
    expect(performance.total.conversions).toBe(board?.conversions)
    expect(sum(models.map(({ amounts }) => amounts['last-touch']))).toBe(cents(board?.revenue))

    const nets = await ask<{ currency: string; net: string }>(
      'SELECT currency, toString(sum(amount)) AS net FROM conversions GROUP BY currency ORDER BY currency',
    )
    const shown = performance.revenue.map(({ currency, net }) => [currency, net])
    expect(shown.sort()).toEqual(nets.map(({ currency, net }) => [currency, exact(net, currency)]))
    for (const { net, credited, toNobody } of performance.revenue) expect(sum([credited, toNobody])).toBe(sum([net]))

    const [owed] = await ask<{ balance: string }>(`SELECT toString(sum(amount)) AS balance FROM rewards`)
    const { beneficiaries, referees, total } = balances
    expect(sum([total.balance])).toBe(cents(owed?.balance))
    for (const key of ['accrued', 'reversed', 'balance', 'payable', 'later'] as const)
      expect(sum([...beneficiaries, referees].map((it) => it[key]))).toBe(sum([total[key]]))
    for (const it of [...beneficiaries, referees, total]) {
      expect(sum([it.accrued, it.reversed])).toBe(sum([it.balance]))
      expect(sum([it.payable, it.later])).toBe(sum([it.balance]))
    }
  })

  it('tells what came out later', () => {
    const told = printed.stories.map(({ conversionId, changes }) => [
      conversionId,
      ...changes.map(({ advocateId, role, revenue, reward }) =>
        [advocateId, role, revenue.before, revenue.after, reward.before, reward.after].join(' '),
      ),
    ])
    expect(told).toEqual([
      ['order-late-click', 'gesa advocate 125.00 0.00 12.50 0.00', 'ines advocate 0.00 125.00 0.00 12.50'],
      ['order-two-devices', 'finn advocate 0.00 64.00 0.00 7.68', 'juno upline 0.00 0.00 0.00 1.28'],
      ['order-shared-tablet', 'bram advocate 72.80 0.00 8.74 0.00'],
      ['order-bot', 'dario advocate 87.00 0.00 8.70 0.00', 'alva advocate 0.00 87.00 0.00 8.70'],
    ])
    expect(printed.stories[0]).toMatchObject({
      occurredAt: '2026-04-08T09:00:00.000Z',
      recordedAt: '2026-04-14T09:00:00.000Z',
    })
  })

  it('explains the richest path', () => {
    const { explanation } = printed
    expect(explanation).toMatchObject({
      conversionId: 'order-late-click',
      amount: { original: '125.00', net: '106.00' },
    })
    expect(explanation.path.map(({ advocateId }) => advocateId)).toEqual(['kasim', 'gesa', 'ines'])
    expect(explanation.lost.map(({ code, reason }) => [code, reason])).toEqual([
      ['hugo', 'outside-look-back'],
      ['a1va', 'unknown-code'],
    ])
  })

  it('shows every kind of exclusion that it sets out to, each in words', () => {
    const reasons = printed.exclusions.map(({ subject, reason }) => `${subject} ${reason}`)
    expect(reasons).toEqual(
      expect.arrayContaining([
        'touch outside-look-back',
        'touch unknown-code',
        'touch revoked-code',
        'touch advocate-suspended',
        'touch self-referral',
        'touch disqualified',
        'event beyond-horizon',
        'event no-terms',
        'event refund-exceeds-amount',
        'event unknown-conversion',
        'reward no-touch',
        'reward below-min-amount',
        'reward no-fx-rate',
        'reward cap-per-advocate',
        'reward customer-not-new',
        'reward fully-refunded',
      ]),
    )
    expect(printed.exclusions.filter(({ meaning, count }) => meaning === '' || count < 1)).toEqual([])
  })

  it('has every rule of both versions pay somebody, and the ladder pay its second step', async () => {
    const rules = await ask<{ rule: string; version: number }>(
      `SELECT rule_id AS rule, terms_version AS version FROM rewards
       GROUP BY rule, version HAVING sum(amount) > 0 ORDER BY rule, version`,
    )
    expect(rules.map(({ rule, version }) => `${rule} ${version}`)).toEqual(
      expect.arrayContaining([
        'by-hand 1',
        'first-gift 2',
        'lead 1',
        'lead 2',
        'purchase 1',
        'purchase 2',
        'subscription 1',
        'subscription 2',
        'upline 1',
        'upline 2',
        'welcome 1',
        'welcome 2',
      ]),
    )
    const [ladder] = await ask<{ second: string }>(
      `SELECT count() AS second FROM rewards AS r
       INNER JOIN (SELECT conversion_id, amount FROM conversions WHERE entry = 'converted') AS c USING (conversion_id)
       WHERE r.rule_id = 'subscription' AND r.entry = 'accrued'
         AND r.amount = round(c.amount * if(r.terms_version = 1, toDecimal32(0.08, 2), toDecimal32(0.09, 2)), 2)`,
    )
    expect(Number(ladder?.second)).toBeGreaterThan(0)
  })

  it('proves itself', () => {
    expect(printed.proof.tables).toBeGreaterThan(5)
    expect(printed.proof.laws).toBeGreaterThan(5)
    expect(text.replaceAll('\n', ' ')).toContain(
      `The books balance: ${printed.proof.laws} laws hold, and all ${printed.proof.tables} tables equal a second fold of the log (position ${printed.proof.position}).`,
    )
  })

  it('prints commands that work as they stand', async () => {
    const commands = text.split('\n').flatMap((line) => /^ {4}(npx vouch .*)$/.exec(line)?.[1] ?? [])
    expect(commands).toEqual(printed.next.map(({ command }) => command))
    const [sql = '', explain = '', verify = ''] = commands.map((line) => line.replace('npx vouch', 'vouch'))
    expect(await place.shell(sql)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^channel\ttouches\n/),
    })
    expect(await place.shell(explain)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringContaining('Conversion order-two-devices of program spring'),
    })
    expect(await place.shell(verify)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('laws hold') })
  })

  it('shows the same again, elsewhere', async () => {
    const again = JSON.parse(await place.ok('demo', '--json', '--data', 'else where')) as Printed
    const { dataDir: _one, next: _first, ...expected } = printed
    const { dataDir, next, ...got } = again
    expect(got).toEqual(expected)
    expect(dataDir).toBe(place.path('else where'))
    expect(next.map(({ command }) => command)).toEqual(
      printed.next.map(({ command }) => command.replace('.vouch-demo', "'else where'")),
    )
  })

  it('can be stopped, and run again, with another seed too', async () => {
    const run = place.start(['demo', '--data', 'stopped'])
    await eventually('the log has begun', () => existsSync(place.path('stopped/log.db')) || undefined)
    run.kill('SIGINT')
    const { code, out, err } = await run.ended
    expect([code, out, err]).toEqual([130, '', 'Stopped half way; vouch demo begins anew when it is run again.\n'])
    const other = JSON.parse(await place.ok('demo', '--json', '--data', 'stopped', '--seed', '2')) as Printed
    expect(other.seed).toBe(2)
    expect(other.performance.total).not.toEqual(printed.performance.total)
  })

  it('leaves alone what it did not make', async () => {
    mkdirSync(place.path('mine'))
    writeFileSync(place.path('mine/log.db'), 'precious')
    expect(await place.vouch('demo', '--data', 'mine')).toMatchObject({
      code: 2,
      out: '',
      err: 'mine is not empty, and no demo made it: it stays as it is; name a folder that is empty or does not exist yet with --data.\n',
    })
    expect([readdirSync(place.path('mine')), place.read('mine/log.db')]).toEqual([['log.db'], 'precious'])
  })

  it.each(['-1', '1.5', 'spring', '', '99999999999'])('does not take %j for a seed', async (seed) => {
    const { code, out, err } = await place.vouch('demo', `--seed=${seed}`)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain('It must be a whole number from 0 to 2000000000')
  })
})
