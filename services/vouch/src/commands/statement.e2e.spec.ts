import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { ndjson, story, summerTerms } from '../testing/samples.ts'

describe.each(ways)('what people are told, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('terms.yaml', summerTerms)
    place.write('story.ndjson', ndjson(story))
    await place.ok('program', 'publish', 'terms.yaml')
    await place.ok('import', 'story.ndjson', '--accept-late')
  })
  afterAll(() => place.close())

  it('is a statement, as text, JSON and a page', async () => {
    const words = ['statement', 'advocate', 'anna', '--period', '2026-03']
    expect(await place.ok(...words)).toBe(`Statement of advocate anna for March 2026, program Summer referral (summer).
As known at position 11; the month is not closed.

                         EUR
Opening balance         0.00
Earned                 10.00
Taken back             -3.50
Closing balance         6.50
  pending: still held   6.50

REWARD ON   RULE         FOR  PAYABLE FROM     AMOUNT
2026-03-03  ten-percent  o-1  2026-04-02    10.00 EUR
2026-03-05  ten-percent  o-1  taken back    -3.50 EUR
`)
    const json = await place.ok(...words, '--json')
    expect(await place.ok(...words, '--program', 'summer', '--format', 'json')).toBe(json)
    expect(JSON.parse(json)).toMatchObject({
      programId: 'summer',
      kind: 'advocate',
      beneficiaryId: 'anna',
      period: '2026-03',
      position: 11,
      isClosed: false,
      totals: [{ currency: 'EUR', opening: '0.00', earned: '10.00', reversed: '-3.50', closing: '6.50' }],
    })
    const page = await place.ok(...words, '--format', 'html')
    expect(page).toMatch(/^<!DOCTYPE html>[\s\S]*<h1>Statement for March 2026<\/h1>[\s\S]*<\/html>\n$/)
    expect(await place.ok(...words, '--format', 'html')).toBe(page)
    expect(await place.ok('statement', 'customer', 'k-1', '--period', '2026-03')).toContain('nothing is owed')
  })

  it('is what is owed on a day, and for how long', async () => {
    const { totals } = JSON.parse(await place.ok('report', 'liabilities', '--on', '2026-05-05', '--json'))
    expect(totals).toMatchObject([{ currency: 'EUR', payable: '6.50', net: '6.50', parties: 1 }])
    expect(await place.ok('report', 'liabilities', '--on', '2026-05-05', '--csv')).toBe(
      'program_id,currency,pending,payable,in_transit,net,owed,parties,below_zero,parties_below_zero\nsummer,EUR,0.00,6.50,0.00,6.50,6.50,1,0.00,0\n',
    )
    expect(await place.ok('report', 'liabilities', '--at', '9')).toMatch(
      /^Liabilities on \d{4}-\d\d-\d\d, as known at position 9\.\n/,
    )
    const aging = JSON.parse(await place.ok('report', 'aging', '--on', '2026-05-05', '--parties', '--json'))
    expect(aging.parties).toMatchObject([{ beneficiaryId: 'anna', days31to60: '6.50', payable: '6.50' }])
    expect(await place.ok('report', 'aging', '--on', '2026-05-05')).toContain('\ntotal    EUR')
  })

  it('is what became of a batch', async () => {
    await place.ok('payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay')
    await place.ok('payouts', 'approve', 'summer-1', '--by', 'gil')
    expect(await place.ok('payouts', 'show', 'summer-1')).toMatch(
      /^Batch summer-1 .*\nIt is approved\. 1 line, 6\.50 EUR\.\nopened {4}\S+Z {2}by fay\napproved {2}\S+Z {2}by gil\nLines:\n.*\nTotals:\napproved {2}1 line {2}6\.50 EUR\n$/,
    )
  })

  it('has help with a sentence for each', async () => {
    expect(await place.ok('report', '--help')).toMatch(
      /liabilities \[options\] +what each program owes[\s\S]*aging \[options\] +how long/,
    )
    expect(await place.ok('statement', '--help')).toMatch(
      /advocate \[options\] <id> +what an advocate is owed[\s\S]*customer/,
    )
  })
})
