import { type EventStoreDbDouble, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { openPlace, type Place, typing } from './testing/place.ts'
import { click, everyRow, ndjson, published, story } from './testing/samples.ts'

// Each of these starts several processes, one after another.
vi.setConfig({ testTimeout: 240_000 })

describe('vouch with its log in EventStoreDB (a DOUBLE of it)', () => {
  let double: EventStoreDbDouble
  let place: Place
  let env: Record<string, string>
  beforeAll(async () => {
    double = await startEventStoreDbDouble()
    env = { VOUCH_EVENT_STORE: double.connectionString }
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
  const rows = (data: string, more: Record<string, string>) => ok(['sql', everyRow, '--data', data], more)

  it('imports, and has the same tables as with SQLite', async () => {
    const counts = JSON.parse(await ok(['import', 'events.ndjson', '--json', '--data', 'remote']))
    expect(counts).toMatchObject({ read: story.length + 1, appended: story.length + 1, duplicate: 0, conflict: 0 })
    await ok(['import', 'events.ndjson', '--data', 'local'], {})
    const told = await rows('local', {})
    for (const what of ['event', 'attribution', 'reward', 'funnel'])
      expect(told).toMatch(new RegExp(`^${what}\\t`, 'm'))
    expect(await rows('remote', env)).toBe(told)
    const again = JSON.parse(await ok(['import', 'events.ndjson', '--json', '--data', 'remote']))
    expect(again).toMatchObject({ appended: 0, duplicate: story.length + 1, conflict: 0, rejected: 0 })
  })

  it('verifies, rebuilds and is examined', async () => {
    const verified = await ok(['verify', '--data', 'remote'])
    expect(verified).toMatch(/ tables equal the fold of the log up to position \d+, and \d+ laws hold\./)
    const before = await rows('remote', env)
    await ok(['rebuild', '--data', 'remote'])
    expect(await rows('remote', env)).toBe(before)
    const doctor = await ok(['doctor', '--deep', '--data', 'remote'])
    expect(doctor).toMatch(/^ok {3}event store: EventStoreDB at esdb:\/\/127\.0\.0\.1:\d+, head at position \d+$/m)
    expect(doctor).toMatch(/^ok {3}log integrity: the server checks its own files/m)
    expect(doctor).not.toContain('tls=')
  })

  it('serves, and goes on when the subscription was lost', async () => {
    const server = place.start(['start', '--port', '0', '--data', 'remote'], { env })
    await eventually('the server follows the log', () => double.openSubscriptions() > 0 || undefined)
    double.breakSubscriptions('unavailable')
    await eventually('it says so', () => /Lost the connection to the log/.test(server.err()) || undefined)
    place.write('late.ndjson', ndjson([click('late', '2026-03-09T10:00:00Z', 'v-late')]))
    await ok(['import', 'late.ndjson', '--data', 'remote'])
    const count = await ok(['sql', "SELECT count() FROM events WHERE event_id = 'late' FORMAT TSV", '--data', 'remote'])
    expect(count).toBe('1\n')
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  it('begins the tables anew in another folder: all there is, is on the server', async () => {
    await ok(['rebuild', '--data', 'other'])
    expect(await rows('other', env)).toBe(await rows('remote', env))
  })

  it('refuses a folder that has a log of its own', async () => {
    const { code, out, err } = await vouch(['doctor', '--data', 'local'])
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /local\/log\.db holds a log of \d+ events, and VOUCH_EVENT_STORE names esdb:\/\/[^?]+: a folder has one log\. Name another folder for it with --data, or leave VOUCH_EVENT_STORE out\.\n$/,
    )
  })

  it('refuses to put the demo on a server', async () => {
    expect(await vouch(['demo'])).toMatchObject({
      code: 2,
      out: '',
      err: 'vouch demo makes up a log, which belongs on no server: run it without VOUCH_EVENT_STORE.\n',
    })
  })

  it('says in a sentence that there is no server', async () => {
    const gone = await startEventStoreDbDouble()
    await gone.stop()
    const { code, out, err } = await vouch(['doctor', '--data', 'third'], { VOUCH_EVENT_STORE: gone.connectionString })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^EventStoreDB does not answer as it should \(unavailable: .*\)\. Try again\.\n$/)
  })
})
