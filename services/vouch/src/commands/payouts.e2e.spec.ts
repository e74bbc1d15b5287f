import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place } from '../testing/place.ts'
import { ndjson, story, summerTerms } from '../testing/samples.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace({ served: true })
  place.write('terms.yaml', summerTerms)
  place.write('story.ndjson', ndjson(story))
  await place.ok('program', 'publish', 'terms.yaml')
  await place.ok('import', 'story.ndjson', '--accept-late')
})
afterAll(() => place.close())

const opening = ['payouts', 'open', '--program', 'summer', '--as-of', '2026-04-30', '--by', 'fay', '--json']

describe('finance at two keyboards, through a server', () => {
  it('opens one batch, approves it, and hands the same instructions out to both', async () => {
    const opened = await Promise.all([place.vouch(...opening), place.vouch(...opening)])
    expect(opened.map(({ code }) => code).sort()).toStrictEqual([0, 1])
    const { batchId, lines, totals } = JSON.parse(opened.map(({ out }) => out).join(''))
    expect(totals).toStrictEqual({ EUR: '6.50' })
    const refused = opened.find(({ code }) => code === 1)
    expect(refused?.out).toBe('')
    expect(refused?.err).toMatch(/^(Nothing is payable in summer|Somebody else changed|The tables are at).*\.\n$/)
    await place.ok('payouts', 'approve', batchId, '--by', 'gil')
    const exported = await Promise.all([1, 2].map(() => place.ok('payouts', 'export', batchId, '--format', 'csv')))
    const csv = `reference,beneficiary_id,amount,currency\n${lines[0].reference},anna,6.50,EUR\n`
    expect(exported).toStrictEqual([csv, csv])
    const entries = await place.ok('sql', 'SELECT entry, count() AS n FROM payouts GROUP BY entry ORDER BY n, entry')
    expect(entries).toBe('entry\tn\napproved\t1\nopened\t1\nsubmitted\t1\n')
    const { code, out } = await place.vouch('verify')
    expect([code, out.split('\n')[0]]).toStrictEqual([
      0,
      expect.stringMatching(/^\d+ tables equal the fold of the log up to position 14, and \d+ laws hold\.$/),
    ])
  })

  it('and the log moves with them', async () => {
    await place.ok('log', 'export', '--out', 'log.ndjson')
    const moved = await place.vouch('log', 'import', 'log.ndjson', '--data', place.path('moved'))
    expect(moved.code).toBe(0)
    const journal = ['ledger', 'export', '--format', 'csv']
    expect(await place.ok(...journal, '--data', place.path('moved'))).toBe(await place.ok(...journal))
  })
})
