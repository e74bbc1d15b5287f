import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { event, ndjson, summerTerms } from '../testing/samples.ts'

const granted = (id: string, value: string, currency: string) =>
  event('reward.granted', id, '2026-03-01T00:00:00Z', {
    advocateId: 'anna',
    amount: { value, currency },
    reason: 'thanks',
  })

const converting = [
  ...['payouts', 'convert', '--program', 'summer', '--from', 'USD', '--to', 'EUR', '--rate', '0.9213'],
  ...['--as-of', '2026-04-30', '--by', 'fay', '--reason', 'reference rate', '--conversion', 'april', '--json'],
]

describe.each(ways)('what is owed in two currencies, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('terms.yaml', summerTerms)
    place.write('granted.ndjson', ndjson([granted('g-1', '10.00', 'USD'), granted('g-2', '5.00', 'EUR')]))
    await place.ok('program', 'publish', 'terms.yaml')
    await place.ok('import', 'granted.ndjson', '--accept-late')
  })
  afterAll(() => place.close())

  it('is converted once, however often it is asked for', async () => {
    const done = JSON.parse(await place.ok(...converting))
    expect(done).toMatchObject({
      conversionId: 'april',
      lines: [{ beneficiaryId: 'anna', role: 'advocate', from: '10.00', to: '9.21' }],
      totals: { from: '10.00', to: '9.21', atRate: '9.21', difference: '0.00' },
      carried: [],
    })
    expect(JSON.parse(await place.ok(...converting))).toStrictEqual(done)
    const another = await place.vouch(...converting.map((word) => (word === 'april' ? 'may' : word)))
    expect(another).toMatchObject({ code: 1, out: '', err: 'Nothing is payable in USD in summer as of 2026-04-30.\n' })
  })

  it('is paid in one, and every law holds', async () => {
    const opening = ['payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay', '--json']
    expect(JSON.parse(await place.ok(...opening)).totals).toStrictEqual({ EUR: '14.21' })
    expect(await place.ok('payouts', 'conversions')).toBe(
      'april  summer  2026-04-30  fay  10.00 USD  9.21 EUR  0.9213  1\n',
    )
    expect((await place.ok('verify')).split('\n')[0]).toMatch(/^\d+ tables equal .*, and \d+ laws hold\.$/)
  })

  it('is in the log wherever that moves', async () => {
    await place.ok('log', 'export', '--out', 'log.ndjson')
    expect((await place.vouch('log', 'import', 'log.ndjson', '--data', place.path('moved'))).code).toBe(0)
    const journal = ['ledger', 'export', '--format', 'csv']
    expect(await place.ok(...journal, '--data', place.path('moved'))).toBe(await place.ok(...journal))
  })
})
