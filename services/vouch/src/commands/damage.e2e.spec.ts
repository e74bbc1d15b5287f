import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projections } from '@vouch/projections'
import { openChdbWarehouse } from '@vouch/warehouse'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openPlace, type Place } from '../testing/place.ts'
import { ndjson, published, story } from '../testing/samples.ts'

/** What is on disk can be tampered with, lost, or torn. The log says what the tables must be. */
describe('a data folder that was damaged', () => {
  let place: Place
  const warehouse = () => join(place.data, 'warehouse')
  const paid = () => place.ok('sql', 'SELECT count(), sum(amount) FROM rewards', '--format', 'TSV')

  beforeAll(async () => {
    place = await openPlace()
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
    cpSync(place.data, place.path('sound'), { recursive: true, verbatimSymlinks: true })
  })
  afterAll(() => place.close())
  beforeEach(() => {
    rmSync(place.data, { recursive: true })
    cpSync(place.path('sound'), place.data, { recursive: true, verbatimSymlinks: true })
  })

  it('a row that was slipped in is found by vouch verify, and gone after vouch rebuild', async () => {
    const tables = projections.map((projection) => projection.tables)
    const tampered = await openChdbWarehouse({ path: warehouse(), tables, clock: Date.now })
    const [row] = await tampered.rows<Record<string, unknown>>(
      'SELECT * FROM vouch_store.rewards FINAL ORDER BY position LIMIT 1',
    )
    const { generation, ...values } = row as { generation: number }
    await tampered.insert('rewards', generation, [{ ...values, line: 7, amount: '1000.00' }])
    await tampered.close()

    const found = await place.vouch('verify')
    expect(found.code).toBe(1)
    expect(found.out).toMatch(
      /^rewards: 3 rows \([0-9a-f]{32}\), the log gives 2 \([0-9a-f]{32}\), from position \d+ on\n/,
    )
    expect(found.err).toBe(
      'The tables are not what the log says; run vouch rebuild, and keep a copy of the data folder to find out why.\n',
    )
    const json = await place.vouch('verify', '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      differences: [{ table: 'rewards', liveRows: 3, rebuiltRows: 2, firstPosition: 10 }],
    })

    await place.ok('rebuild')
    expect(await paid()).toBe('2\t6.5\n')
    await place.ok('verify')
  })

  it('tables that cannot be opened are put aside by vouch rebuild, and made anew', async () => {
    for (const name of readdirSync(join(warehouse(), 'metadata')))
      if (name.endsWith('.sql')) writeFileSync(join(warehouse(), 'metadata', name), 'nonsense')
    const refused = await place.vouch('sql', 'SELECT 1')
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toContain(
      `The tables in ${warehouse()} cannot be opened (ClickHouse said above what is wrong); vouch rebuild puts them aside and makes them anew from the log.\n`,
    )
    const mended = await place.vouch('rebuild')
    expect(mended).toMatchObject({ code: 0, out: 'Database vouch now shows the log up to position 11, folded anew.\n' })
    const aside = /they lie in (\S+) now and can be removed\.\n/.exec(mended.err)?.[1] as string
    expect(readFileSync(join(aside, 'metadata', 'vouch.sql'), 'utf8')).toBe('nonsense')
    expect(await paid()).toBe('2\t6.5\n')
    await place.ok('verify')
  })
})
