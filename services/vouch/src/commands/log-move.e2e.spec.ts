import { existsSync, mkdirSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { type EventStoreDbDouble, startEventStoreDbDouble } from '@vouch/testing/eventstoredb'
import { startClickHouseDouble } from '@vouch/warehouse/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPlace, type Place } from '../testing/place.ts'
import { event, ndjson, published, story } from '../testing/samples.ts'

// Each of these starts several processes, one after another.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const example = fileURLToPath(new URL('../../../../examples/journeys', import.meta.url))
const channels = ['Facebook', 'Instagram', 'Online Display', 'Online Video', 'Paid Search']

/** As the example reads them: more than lie between two seals, every tenth a conversion. */
const journeys = [
  'customer_id,time,interaction,conversion,conversion_value,channel',
  ...Array.from({ length: 1_200 }, (_, index) => {
    const day = String(1 + (index % 28)).padStart(2, '0')
    const what = index % 10 === 9 ? 'conversion,1,6.25' : 'impression,0,0'
    return `customer-${index % 90},2018-07-${day}T10:00:00Z,${what},${channels[index % channels.length]}`
  }),
].join('\n')

const tables = [
  'touches',
  'signups',
  'advocates',
  'codes',
  'links',
  'conversions',
  'attributions',
  'exclusions',
  'rewards',
]

/** How many rows a table has, and a digest of all of them, in which positions count as ordinals. */
const digestOf = (
  table: string,
) => `SELECT '${table}' AS what, count() AS rows, sum(cityHash64(toString(tuple(*)))) AS digest
  FROM (SELECT o.ordinal AS ordinal, t.* EXCEPT (position) FROM ${table} AS t INNER JOIN (
    SELECT position, row_number() OVER (ORDER BY position) AS ordinal FROM events) AS o ON o.position = t.position)`
const digests = [
  `SELECT 'events' AS what, count() AS rows, sum(cityHash64(toString((ordinal, type, source, event_id, program_id, occurred_at, recorded_at, toString(data))))) AS digest
   FROM (SELECT *, row_number() OVER (ORDER BY position) AS ordinal FROM events)`,
  ...tables.map(digestOf),
].join(' UNION ALL ')
const question = `SELECT * FROM (${digests}) ORDER BY what FORMAT TSV`

describe('a log that is moved', () => {
  let place: Place
  let double: EventStoreDbDouble
  let onServer: Record<string, string>
  let told: string
  let events: number
  beforeAll(async () => {
    double = await startEventStoreDbDouble()
    onServer = { VOUCH_EVENT_STORE: double.connectionString }
    place = await openPlace()
    place.write('journeys.csv', journeys)
    const personal = event('signup', 's-personal', '2026-03-04T10:00:00Z', {
      customerId: 'k-2',
      personal: { email: 'nobody@example.com' },
    })
    place.write('events.ndjson', ndjson([published(), ...story, personal]))
    await place.ok('program', 'publish', `${example}/terms.yaml`)
    await place.ok('import', `${example}/advocates.ndjson`, 'journeys.csv', '--map', `${example}/map.yaml`)
    await place.ok('log', 'export', '--out', 'part.ndjson')
    await vouch(['import', 'events.ndjson'])
    await place.ok('log', 'export', '--out', 'log.ndjson')
    told = await place.ok('sql', question)
    for (const table of ['events', ...tables]) expect(told).toMatch(new RegExp(`^${table}\\t[1-9]\\d*\\t`, 'm'))
    events = eventsIn(place.read('log.ndjson')).length
  })
  afterAll(async () => {
    await place.close()
    await double.stop()
  })

  async function vouch(words: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const { code, out, err } = await place.start(words, { env }).ended
    if (code !== 0) throw new Error(`vouch ${words.join(' ')} ended with ${code}: ${err}`)
    return out
  }
  const refused = async (...words: string[]) => {
    const { code, out, err } = await place.vouch(...words)
    return { code, out, err }
  }

  it('is a file with all of it, which nobody else can read and nothing overwrites', async () => {
    const lines = place.read('log.ndjson').trimEnd().split('\n')
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ vouchLog: 1, head: events, store: 'SQLite' })
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ events })
    expect(events).toBeGreaterThan(1_300)
    expect(statSync(place.path('log.ndjson')).mode & 0o777).toBe(0o600)
    expect(place.read('log.ndjson')).not.toContain('nobody@example.com')
    expect(await refused('log', 'export', '--out', 'log.ndjson')).toEqual({
      code: 1,
      out: '',
      err: `${place.path('log.ndjson')} is there already; name another file, or remove it.\n`,
    })
    const printed = await place.ok('log', 'export')
    expect(eventsIn(printed)).toEqual(eventsIn(place.read('log.ndjson')))
  })

  it('is another folder’s, with the same tables and the same hashes', async () => {
    const seals = JSON.parse(await place.ok('log', 'seals', '--json'))
    const counts = JSON.parse(await vouch(['log', 'import', 'log.ndjson', '--json', '--data', 'other']))
    expect(counts).toEqual({
      read: events,
      appended: events,
      present: 0,
      head: events,
      hash: hashOf(place.read('log.ndjson')),
    })
    expect(await vouch(['verify', '--data', 'other'])).toMatch(/tables equal the fold.*\nThe log is as it was sealed/)
    expect(await vouch(['sql', question, '--data', 'other'])).toBe(told)
    const anew = JSON.parse(await vouch(['log', 'seals', '--json', '--data', 'other']))
    expect(anew.map(({ count, hash }: Sealed) => ({ count, hash }))).toEqual(
      seals.filter(({ reason }: Sealed) => reason === null).map(({ count, hash }: Sealed) => ({ count, hash })),
    )
    expect(await vouch(['log', 'import', 'log.ndjson', '--data', 'other'])).toBe(
      `${events} events read: 0 appended, ${events} there already. The log ends at ${events}:${counts.hash}, a seal.\n`,
    )
    expect(await vouch(['verify', '--seal', `${events}:${counts.hash}`, '--data', 'other'])).toContain(
      'as it was sealed',
    )
  })

  it('is on a server, with the same tables where positions count as ordinals, and comes back as it was', async () => {
    const counts = JSON.parse(await vouch(['log', 'import', 'log.ndjson', '--json', '--data', 'remote'], onServer))
    expect(counts).toMatchObject({ read: events, appended: events, hash: hashOf(place.read('log.ndjson')) })
    expect(counts.head).toBeGreaterThan(events)
    expect(await vouch(['verify', '--data', 'remote'], onServer)).toMatch(
      /tables equal the fold.*\nThe log is as it was sealed/,
    )
    expect(await vouch(['sql', question, '--data', 'remote'], onServer)).toBe(told)
    await vouch(['log', 'export', '--out', 'back.ndjson', '--data', 'remote'], onServer)
    await vouch(['log', 'import', 'back.ndjson', '--data', 'back'])
    expect(eventsIn(await vouch(['log', 'export', '--data', 'back']))).toEqual(eventsIn(place.read('log.ndjson')))
  })

  it('is on servers for the log and the tables, with the same tables where positions count as ordinals', async () => {
    const [log, tablesOf] = await Promise.all([startEventStoreDbDouble(), startClickHouseDouble()])
    const production = { VOUCH_EVENT_STORE: log.connectionString, VOUCH_WAREHOUSE: tablesOf.url }
    const counts = JSON.parse(await vouch(['log', 'import', 'log.ndjson', '--json', '--data', 'moved'], production))
    expect(counts).toMatchObject({ read: events, appended: events, hash: hashOf(place.read('log.ndjson')) })
    expect(await vouch(['sql', question, '--data', 'moved'], production)).toBe(told)
    const group = { ...production, VOUCH_PROJECTION: 'group' }
    expect(await vouch(['sql', question, '--data', 'moved'], group)).toBe(told)
    await Promise.all([log.stop(), tablesOf.stop()])
  })

  it('can be added to from a later file of the same log', async () => {
    await vouch(['log', 'import', 'part.ndjson', '--data', 'late'])
    const present = eventsIn(place.read('part.ndjson')).length
    const counts = JSON.parse(await vouch(['log', 'import', 'log.ndjson', '--json', '--data', 'late']))
    expect(counts).toMatchObject({ read: events, appended: events - present, present })
    expect(await vouch(['sql', question, '--data', 'late'])).toBe(told)
    expect(await refused('log', 'import', 'part.ndjson', '--data', 'late')).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(
        new RegExp(
          `^The log has all ${present} events of the file and goes on, at position ${present + 1} with vouch\\..*\\n$`,
        ),
      ),
    })
  })

  it('brings personal data with it where the keys come along', async () => {
    for (const folder of ['keyed', 'forgetful']) {
      mkdirSync(place.path(folder))
      for (const name of ['personal.db', 'master.key']) {
        expect(existsSync(place.path(`data/${name}`)), name).toBe(true)
        await place.shell(`cp data/${name}* ${folder}/`)
      }
    }
    await vouch(['log', 'import', 'log.ndjson', '--data', 'keyed'])
    expect(await vouch(['personal', 'customer', 'k-2', '--data', 'keyed'])).toContain('nobody@example.com')
  })

  it('has nothing to read of who is forgotten in it, also with older keys', async () => {
    const keysIn = () => {
      const db = new DatabaseSync(place.path('forgetful/personal.db'), { readOnly: true })
      const count = db.prepare('SELECT count(key_id) AS keys FROM subject').get()?.keys
      db.close()
      return count
    }
    expect(keysIn()).toBe(1)
    await vouch(['forget', 'customer', 'k-2'])
    await vouch(['log', 'export', '--out', 'forgotten.ndjson'])
    await vouch(['log', 'import', 'forgotten.ndjson', '--data', 'forgetful'])
    expect(keysIn()).toBe(0)
  })

  it('is not taken from a file that was cut off or is none, nor into another log', async () => {
    place.write('cut.ndjson', place.read('log.ndjson').slice(0, -300))
    const cut = await refused('log', 'import', 'cut.ndjson', '--data', 'empty')
    expect(cut).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^(Line \d+ is no line|The file ends after)/),
    })
    expect(await refused('log', 'import', 'journeys.csv', '--data', 'empty')).toEqual({
      code: 1,
      out: '',
      err: 'Line 1 is not the header of an exported log; give a file that vouch log export has written.\n',
    })
    expect(await refused('log', 'import', 'nothing.ndjson', '--data', 'empty')).toMatchObject({ code: 2 })
    expect(await refused('log', 'import', '/dev/null', '--data', 'empty')).toMatchObject({ code: 2 })
    expect(await vouch(['sql', 'SELECT count() FROM events FORMAT TSV', '--data', 'empty'])).toBe('0\n')
    await vouch(['import', 'events.ndjson', '--data', 'empty'])
    expect((await refused('log', 'import', 'log.ndjson', '--data', 'empty')).err).toMatch(
      /^The log is not empty: at position 1 it has vouch\..*, and line 2 of the file has vouch\.program\.published\.v1 .* An exported log goes into an empty one; name another folder with --data\.\n$/,
    )
  })
})

describe('a folder that a server holds', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace({ served: true })
  })
  afterAll(() => place.close())

  it('exports through it, to a file of whoever asks, and takes no log in', async () => {
    place.write('events.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'events.ndjson')
    expect(await place.ok('log', 'export', '--out', 'log.ndjson')).toBe('')
    expect(eventsIn(place.read('log.ndjson'))).toHaveLength(story.length + 1)
    expect(await place.vouch('log', 'import', 'log.ndjson')).toMatchObject({
      code: 1,
      out: '',
      err: 'A server runs on this folder, and could take in other events meanwhile: stop it, import the log, and start it again.\n',
    })
  })
})

interface Sealed {
  readonly count: number
  readonly hash: string
  readonly reason: string | null
}

/** What an exported log says of each event, but its position. */
const eventsIn = (log: string): readonly string[] =>
  log
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => line.replace(/^\{"position":\d+,/, '{'))

const hashOf = (log: string): string => JSON.parse(log.trimEnd().split('\n').at(-1) ?? '').hash
