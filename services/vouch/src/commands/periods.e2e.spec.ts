import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { ndjson, published, refund, story } from '../testing/samples.ts'

const march = ['--program', 'summer', '--period', '2026-03']

describe.each(ways)('a month, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
  })
  afterAll(() => place.close())

  it('is closed, and what is refunded later is an adjustment of the next', async () => {
    const closed = JSON.parse(await place.ok('periods', 'close', ...march, '--by', 'fay', '--json'))
    expect(closed).toMatchObject({
      programId: 'summer',
      period: '2026-03',
      from: '2026-03-01',
      until: '2026-03-31',
      closed: { by: 'fay', position: 12 },
      totals: [{ currency: 'EUR', opening: '0.00', earned: '10.00', reversed: '-3.50', closing: '6.50' }],
      parties: [{ partyId: 'summer:advocate:anna', role: 'advocate', beneficiaryId: 'anna', pending: '6.50' }],
    })
    const journal = ['ledger', 'export', '--format', 'hledger', '--until', '2026-03-31']
    const before = await place.ok(...journal)
    place.write('late.ndjson', ndjson([refund('late', '2026-03-30T10:00:00Z', 'o-1', '5.00')]))
    await place.ok('import', 'late.ndjson')
    expect(await place.ok(...journal)).toBe(before)
    expect(JSON.parse(await place.ok('periods', 'show', ...march, '--json'))).toStrictEqual(closed)
    expect(await place.ok('periods', 'show', ...march, '--format', 'csv')).toContain(
      'summer,2026-03,summer:advocate:anna,advocate,anna,EUR,0.00,10.00,-3.50,',
    )
    const april = await place.ok('periods', 'show', '--program', 'summer', '--period', '2026-04')
    expect(april).toMatch(/anna +EUR +6\.50 +-0\.50 +6\.00/)
    expect(
      await place.ok('sql', 'SELECT DISTINCT effective_on, belongs_on FROM ledger WHERE effective_on != belongs_on'),
    ).toBe('effective_on\tbelongs_on\n2026-04-01\t2026-03-30\n')
    expect(await place.ok('periods', 'list', '--program', 'summer')).toMatch(/^summer {2}2026-03 {2}\S+ {2}fay\n$/)
    await place.ok('verify')
  })

  it('is refused where it cannot be closed', async () => {
    const { code, out, err } = await place.vouch(
      'periods',
      'close',
      '--program',
      'summer',
      '--period',
      '2026-05',
      '--by',
      'x',
    )
    expect({ code, out, err }).toStrictEqual({
      code: 1,
      out: '',
      err: '2026-04 is the next month of summer to be closed; close it before 2026-05.\n',
    })
  })
})
