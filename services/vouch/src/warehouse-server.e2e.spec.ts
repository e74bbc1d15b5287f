import { type ClickHouseDouble, startClickHouseDouble } from '@vouch/warehouse/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { openPlace, type Place, typing } from './testing/place.ts'
import { click, everyRow, ndjson, published, story } from './testing/samples.ts'

// Each of these starts several processes, one after another.
vi.setConfig({ testTimeout: 240_000 })

describe('vouch with its tables on a ClickHouse server (a DOUBLE of one)', () => {
  let double: ClickHouseDouble
  let place: Place
  let env: Record<string, string>
  beforeAll(async () => {
    double = await startClickHouseDouble({ cluster: 'main' })
    env = { VOUCH_WAREHOUSE: double.url }
    place = await openPlace()
    place.write('events.ndjson', ndjson([published(), ...story]))
  })
  afterAll(async () => {
    await place.close()
    await double.stop()
  })

  const { vouch, ok } = typing(
    () => place,
    () => env,
  )

  it('imports, and has the same tables as in the process', async () => {
    await ok(['import', 'events.ndjson', '--data', 'remote'])
    await ok(['import', 'events.ndjson', '--data', 'local'], {})
    const told = await ok(['sql', everyRow, '--data', 'local'], {})
    for (const what of ['event', 'attribution', 'reward', 'funnel'])
      expect(told).toMatch(new RegExp(`^${what}\\t`, 'm'))
    expect(await ok(['sql', everyRow, '--data', 'remote'])).toBe(told)
  })

  it('verifies, rebuilds and is examined', async () => {
    expect(await ok(['verify', '--data', 'remote'])).toMatch(/ tables equal the fold of the log up to position \d+, /)
    const before = await ok(['sql', everyRow, '--data', 'remote'])
    await ok(['rebuild', '--data', 'remote'])
    expect(await ok(['sql', everyRow, '--data', 'remote'])).toBe(before)
    const doctor = await ok(['doctor', '--data', 'remote'])
    expect(doctor).toMatch(
      /^ok {3}warehouse: server at http:\/\/127\.0\.0\.1:\d+ \(ClickHouse \d+\.\d+\.\S+\), generation \d+, \d+ tables$/m,
    )
    expect(doctor).not.toContain('secret')
  })

  it('serves, and goes on when the server was away', async () => {
    const server = place.start(['start', '--port', '0', '--data', 'remote'], { env })
    await eventually('the server listens', () => /vouch listens on/.test(server.err()) || undefined)
    await double.vanish()
    place.write('late.ndjson', ndjson([click('late', '2026-03-09T10:00:00Z', 'v-late')]))
    const importing = vouch(['import', 'late.ndjson', '--data', 'remote'])
    await double.appear()
    expect(await importing).toMatchObject({ code: 0 })
    const count = await ok(['sql', "SELECT count() FROM events WHERE event_id = 'late' FORMAT TSV", '--data', 'remote'])
    expect(count).toBe('1\n')
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  it('lies on a cluster where it is told to, and says so', async () => {
    const refused = await vouch(['doctor', '--data', 'remote'], { ...env, VOUCH_WAREHOUSE_CLUSTER: 'main' })
    expect(refused).toMatchObject({ code: 1, out: '' })
    expect(refused.err).toMatch(/^The tables at http:\S+ were made for one server, and cluster "main" is set: .*\.\n$/)
    await double.clear()
    const clustered = { ...env, VOUCH_WAREHOUSE_CLUSTER: 'main' }
    await ok(['rebuild', '--data', 'remote'], clustered)
    expect(await ok(['verify', '--data', 'remote'], clustered)).toMatch(/ tables equal the fold of the log/)
    expect(await ok(['doctor', '--data', 'remote'], clustered)).toMatch(/warehouse: cluster main at http:\S+ \(Click/)
    const unknown = await vouch(['doctor', '--data', 'remote'], { ...env, VOUCH_WAREHOUSE_CLUSTER: 'other' })
    expect(unknown).toMatchObject({ code: 1, out: '' })
    expect(unknown.err).toMatch(
      / knows no cluster "other"; it knows main\. Set VOUCH_WAREHOUSE_CLUSTER to one of these\.\n$/,
    )
  })

  it('says in a sentence who was turned away, and leaves the tables where they are', async () => {
    const wrong = { VOUCH_WAREHOUSE: double.url.replace('secret', 'wr0ng') }
    for (const words of [['doctor'], ['rebuild']]) {
      const { code, out, err } = await vouch([...words, '--data', 'remote'], wrong)
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toMatch(/Authentication failed/)
      expect(err.trimEnd().split('\n')).toHaveLength(1)
      expect(err).not.toContain('wr0ng')
    }
  })

  it('refuses to put the demo on a server', async () => {
    expect(await vouch(['demo'])).toMatchObject({
      code: 2,
      out: '',
      err: 'vouch demo makes up a log, whose tables belong on no server: run it without VOUCH_WAREHOUSE.\n',
    })
  })

  it('prints the users that a server needs, with passwords of their own', async () => {
    const [one, other] = [await ok(['warehouse', 'users']), await ok(['warehouse', 'users', '--cluster', 'main'])]
    expect(one).toMatch(/^CREATE USER IF NOT EXISTS vouch IDENTIFIED WITH sha256_password BY '[\w-]{32}';$/m)
    expect(other).toMatch(/^CREATE ROLE IF NOT EXISTS vouch_reader ON CLUSTER 'main';$/m)
    expect(new Set([...`${one}${other}`.matchAll(/BY '([\w-]{32})'/g)].map(([, it]) => it)).size).toBe(4)
  })

  it('says in a sentence that there is no server', async () => {
    await double.vanish()
    const { code, out, err } = await vouch(['doctor', '--data', 'third'])
    await double.appear()
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^ClickHouse at http:\/\/127\.0\.0\.1:\d+ does not answer after \d+ s of trying \(.*\): see whether it runs, and whether host, port and http or https in VOUCH_WAREHOUSE are right\.\n$/,
    )
  })
})
