import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { ndjson, published, story } from '../testing/samples.ts'

describe.each(ways)('vouch explain conversion, $way', ({ served }) => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
  })
  afterAll(() => place.close())

  it('tells it to a person', async () => {
    const text = await place.ok('explain', 'conversion', 'o-1', '--program', 'summer')
    await expect(text).toMatchFileSnapshot('explain.expected.txt')
  })

  it('tells it to a machine', async () => {
    const text = await place.ok('explain', 'conversion', 'o-1', '--program', 'summer', '--json')
    expect(text.trimEnd()).not.toContain('\n')
    const it = JSON.parse(text)
    expect(it).toMatchObject({
      programId: 'summer',
      conversionId: 'o-1',
      excluded: null,
      terms: { version: 1, rewardBy: 'last-touch' },
      amount: { original: '100.00', net: '65.00', currency: 'EUR' },
      path: [
        { advocateId: 'ben', models: { 'first-touch': { amount: '65.00' }, 'last-touch': { amount: '0.00' } } },
        { advocateId: 'anna', models: { 'first-touch': { amount: '0.00' }, 'last-touch': { amount: '65.00' } } },
      ],
      lost: [{ code: 'nobody', reason: 'unknown-code' }],
      rules: [{ ruleId: 'ten-percent', rewards: [{ beneficiaryId: 'anna', amount: '6.50', currency: 'EUR' }] }],
    })
    const rewards = it.rows.filter((row: { table: string }) => row.table === 'rewards')
    expect(rewards.map(({ entry, amount }: Record<string, string>) => [entry, amount])).toEqual([
      ['accrued', '10'],
      ['reversed', '-3.5'],
    ])
  })

  it.each([
    [
      ['o-9', '--program', 'summer'],
      1,
      'Program summer has no conversion o-9 in the log; vouch sql "SELECT DISTINCT program_id, conversion_id FROM conversions" lists those it has.\n',
    ],
    [
      ['o-1', '--program', 'winter'],
      1,
      'Program winter has no conversion o-1 in the log; vouch sql "SELECT DISTINCT program_id, conversion_id FROM conversions" lists those it has.\n',
    ],
    [
      ['o-1'],
      2,
      "Required option '--program <id>' not specified; vouch explain conversion --help shows what there is.\n",
    ],
  ])('does not know %j', async (words, code, err) => {
    expect(await place.vouch('explain', 'conversion', ...words)).toMatchObject({ code, out: '', err })
  })
})
