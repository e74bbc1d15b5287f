import { type EventStoreDbDouble, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { type ClickHouseDouble, startClickHouseDouble } from '@vouch/warehouse/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { openPlace, type Place } from '../testing/place.ts'
import { click, ndjson, published, story } from '../testing/samples.ts'

// Real processes on a DOUBLE of EventStoreDB and a DOUBLE of ClickHouse. What folds is a vouch that folds by itself, in the place
// of relay and projectors: to a front it is the same, since it sees the log and the pointer alone.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

describe('a front, whose tables others fold', () => {
  let log: EventStoreDbDouble
  let tables: ClickHouseDouble
  let place: Place
  let folding: ReturnType<Place['start']>
  let group: Record<string, string>
  beforeAll(async () => {
    ;[log, tables] = await Promise.all([startEventStoreDbDouble(), startClickHouseDouble()])
    const servers = { VOUCH_EVENT_STORE: log.connectionString, VOUCH_WAREHOUSE: tables.url }
    group = { ...servers, VOUCH_PROJECTION: 'group' }
    place = await openPlace()
    place.write('story.ndjson', ndjson([published(), ...story]))
    folding = place.start(['start', '--port', '0', '--data', 'folding'], { env: servers })
    await eventually('something folds', () => /vouch listens on/.test(folding.err()) || undefined, 60_000)
  })
  afterAll(async () => {
    folding.kill('SIGTERM')
    await folding.ended
    await place.close()
    await Promise.all([log.stop(), tables.stop()])
  })

  const ok = async (...words: readonly string[]) => {
    const { code, out, err } = await place.start([...words, '--data', 'front'], { env: group }).ended
    if (code !== 0) throw new Error(`vouch ${words.join(' ')} ended with ${code}: ${err}`)
    return out
  }
  async function serve() {
    const server = place.start(['start', '--port', '0', '--data', 'front'], { env: group })
    const at = () => /vouch listens on (http:\S+);/.exec(server.err())?.[1]
    return { server, url: await eventually('the front listens', at, 60_000) }
  }
  const post = (url: string, body: unknown) =>
    fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('imports, asks and explains, and leaves the tables to others', async () => {
    expect(JSON.parse(await ok('import', 'story.ndjson', '--json'))).toMatchObject({ appended: story.length + 1 })
    const revenue = "SELECT advocate_id, sum(amount) FROM attributions WHERE model = 'last-touch' GROUP BY 1 FORMAT TSV"
    expect(await ok('sql', revenue)).toBe('anna\t65\n')
    expect(JSON.parse(await ok('explain', 'conversion', 'o-1', '--program', 'summer', '--json'))).toMatchObject({
      amount: { net: '65.00' },
      path: [{ advocateId: 'ben' }, { advocateId: 'anna' }],
    })
    expect(await ok('doctor')).toMatch(
      /projection: at the head of the log .*, by projectors that are processes of their own/,
    )
    expect(await ok('generation', 'list')).toMatch(/^\d+ {2}.* {2}shown$/m)
    expect(await place.start(['rebuild', '--data', 'front'], { env: group }).ended).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('vouch-projector go-live'),
    })
  })

  it('serves, and takes events while ClickHouse is away, also from its start on', async () => {
    await tables.vanish()
    const { server, url } = await serve()
    expect(server.err()).toMatch(/^The tables cannot be asked \(.*\); events are taken all the same\.$/m)
    expect(await (await post(url, click('away', '2026-03-09T10:00:00Z', 'v-away'))).json()).toMatchObject({
      results: [{ outcome: 'appended' }],
    })
    const away = await fetch(`${url}/readyz`)
    expect({ status: away.status, ...((await away.json()) as object) }).toMatchObject({ status: 503, ready: false })
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^vouch_log_head_position [1-9]/m)
    await tables.appear()
    const count = async () => ok('sql', "SELECT count() FROM events WHERE event_id = 'away' FORMAT TSV")
    await eventually('it is in the tables', async () => (await count()) === '1\n' || undefined, 60_000)
    await eventually('it is ready', async () => (await fetch(`${url}/readyz`)).ok || undefined, 60_000)
    server.kill('SIGTERM')
    expect((await server.ended).code).toBe(0)
  })

  it('is refused where log or tables are in the folder of one process', async () => {
    const alone = { VOUCH_PROJECTION: 'group', VOUCH_EVENT_STORE: log.connectionString }
    expect(await place.start(['doctor', '--data', 'other'], { env: alone }).ended).toMatchObject({
      code: 2,
      err: 'VOUCH_PROJECTION is "group": it needs VOUCH_WAREHOUSE to name a server.\n',
    })
  })
})
