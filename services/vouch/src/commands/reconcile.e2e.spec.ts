import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { ndjson, story, summerTerms } from '../testing/samples.ts'

describe.each(ways)('a month, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('terms.yaml', summerTerms)
    place.write('story.ndjson', ndjson(story))
    await place.ok('program', 'publish', 'terms.yaml')
    await place.ok('import', 'story.ndjson', '--accept-late')
  })
  afterAll(() => place.close())

  it('is opened, approved, exported, stated and reconciled, and the books balance', async () => {
    await place.ok('payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay')
    await place.ok('payouts', 'approve', 'summer-1', '--by', 'gil')
    const [, instruction = ''] = (await place.ok('payouts', 'export', 'summer-1', '--format', 'csv')).split('\n')
    place.write(
      'july.csv',
      `reference,beneficiary_id,amount,currency,status,date,fee\n${instruction},settled,2026-05-04,0.35\nX-1,zoe,1.00,EUR,settled,2026-05-04,\n`,
    )
    const imported = JSON.parse(await place.ok('statements', 'import', 'july.csv', '--json'))
    expect(imported).toMatchObject({ read: 2, appended: 2, duplicate: 0, rejects: null, booked: { settled: 1 } })
    const { code, out, err } = await place.vouch('reconcile', '--batch', 'summer-1', '--json')
    const [reference, beneficiaryId, expected, currency] = instruction.split(',')
    const stated = {
      date: '2026-05-04',
      statementId: null,
      lineId: null,
      actualCurrency: 'EUR',
      currency: 'EUR',
      lines: [expect.any(String)],
      resolution: null,
    }
    expect({ code, err, ...JSON.parse(out) }).toStrictEqual({
      code: 1,
      err: '1 line needs a person: 1 unexpected.\n',
      lines: [
        {
          ...stated,
          batchId: 'summer-1',
          reference,
          beneficiaryId,
          expected,
          actual: expected,
          currency,
          class: 'settled',
          needsPerson: false,
          resolutions: [],
        },
        {
          ...stated,
          batchId: null,
          reference: 'X-1',
          beneficiaryId: 'zoe',
          expected: null,
          actual: '1.00',
          class: 'unexpected',
          needsPerson: true,
          resolutions: ['write-off', 'disregard'],
        },
      ],
      totals: { settled: 1, unexpected: 1 },
    })
    const words = ['--as', 'disregard', '--by', 'hal', '--reason', 'rent of the office']
    const resolved = await place.ok('reconcile', 'resolve', 'X-1', ...words)
    expect(resolved.split('\n')[0]).toBe('X-1 is resolved: disregard.')
    expect(resolved).toMatch(/unexpected +X-1 +zoe +1\.00 EUR +2026-05-04 +disregard by hal/)
    const after = JSON.parse(await place.ok('reconcile', '--json'))
    expect(after.totals).toStrictEqual({ settled: 1, unexpected: 1 })
    expect(after.lines[1]).toMatchObject({
      needsPerson: false,
      resolutions: [],
      resolution: { as: 'disregard', by: 'hal', reason: 'rent of the office', rate: null },
    })
    expect((await place.vouch('reconcile', 'resolve', 'X-1', ...words.slice(0, 2))).code).toBe(2)
    const sums = new Map<string, number>()
    const journal = await place.ok('ledger', 'export', '--format', 'csv')
    for (const entry of journal.trim().split('\n').slice(1)) {
      const [, , account = '', , amount = ''] = entry.split(',')
      sums.set(account, (sums.get(account) ?? 0) + Math.round(Number(amount) * 100))
    }
    expect([...sums.values()].reduce((sum, of) => sum + of, 0)).toBe(0)
    expect([sums.get('asset:cash:bank'), sums.get('expense:payout-fees')]).toStrictEqual([-685, 35])
    expect((await place.vouch('verify')).code).toBe(0)
  })
})
