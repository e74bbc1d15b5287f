import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { filesWith } from '../testing/files-with.ts'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { click, conversion, event, ndjson, published, refund, story } from '../testing/samples.ts'

/** Values that stand for a person; none of them occurs anywhere else. */
const secrets = {
  ip: '203.0.113.201',
  email: 'zelda.quux@example.net',
  name: 'Zelda Quuxington',
  iban: 'DE02120300000000202051',
  parcel: 'Quuxgasse 12',
}

const withPersonal = (it: ReturnType<typeof click>, personal: Record<string, unknown>) => ({
  ...it,
  data: { ...(it.data as object), personal },
})

const about = [
  withPersonal(click('p-1', '2026-03-06T10:00:00Z', 'v-2'), { ip: secrets.ip }),
  withPersonal(event('signup', 'p-2', '2026-03-06T11:00:00Z', { customerId: 'k-2', visitorId: 'v-2' }), {
    name: secrets.name,
    contact: { email: secrets.email },
  }),
  withPersonal(conversion('o-2', '2026-03-06T12:00:00Z', 'k-2', '50.00'), { parcel: secrets.parcel }),
  withPersonal(refund('r-2', '2026-03-07T12:00:00Z', 'o-2', '5.00'), { iban: secrets.iban }),
  withPersonal(event('signup', 'p-3', '2026-03-06T11:00:00Z', { customerId: 'k-3' }), { name: 'Somebody Else' }),
]

/** Lines that are not taken, and tell of a person all the same. */
const notTaken = [
  withPersonal(conversion('o-2', '2026-03-06T12:00:00Z', 'k-2', '51.00'), { parcel: secrets.parcel }),
  withPersonal(refund('r-3', 'never', 'o-2', '5.00'), { iban: secrets.iban }),
]

describe.each(ways)('somebody’s personal data, $way', ({ served }) => {
  let place: Place
  const earned = () => place.ok('sql', 'SELECT * FROM advocate_performance ORDER BY ALL', '--format', 'TSV')

  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
    place.write('people.ndjson', ndjson([...about, ...notTaken]))
  })
  afterAll(() => place.close())

  it('is taken, sealed under a key that is made then, and stands in no file, answer or log', async () => {
    const taken = await place.vouch('import', 'people.ndjson', '--json')
    expect(taken.code).toBe(1)
    expect(JSON.parse(taken.out)).toMatchObject({ read: 7, appended: 5, conflict: 1, rejected: 1 })
    const again = await place.vouch('import', 'people.ndjson', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ appended: 0, duplicate: 5, conflict: 1, rejected: 1 })
    if (place.server) {
      const answer = await place.server.post('/v1/events', [...about, ...notTaken])
      const text = await answer.text()
      expect(JSON.parse(text).results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
        ...about.map(() => 'duplicate'),
        'conflict',
        'rejected',
      ])
      for (const value of Object.values(secrets)) expect(text).not.toContain(value)
      for (const value of Object.values(secrets)) expect(place.server.process.out()).not.toContain(value)
      expect(place.server.process.err()).toContain(
        `Personal data is sealed under a master key that was made in ${join(place.data, 'master.key')}; set VOUCH_MASTER_KEY to keep it elsewhere.`,
      )
    }
    expect(filesWith(place.data, Object.values(secrets))).toEqual([])
    for (const command of [
      ['sql', 'SELECT * FROM events'],
      ['log', 'export'],
      ['explain', 'conversion', 'o-2', '--program', 'summer'],
    ]) {
      const said = await place.ok(...command)
      for (const value of Object.values(secrets)) expect(said).not.toContain(value)
    }
  })

  it('can be shown to whoever asks what is kept about them', async () => {
    const shown = JSON.parse(await place.ok('personal', 'customer', 'k-2', '--json'))
    expect(shown.map(({ kind, id, personal }: Record<string, unknown>) => ({ kind, id, personal }))).toEqual([
      { kind: 'visitor', id: 'v-2', personal: { ip: secrets.ip } },
      { kind: 'customer', id: 'k-2', personal: { name: secrets.name, contact: { email: secrets.email } } },
      { kind: 'customer', id: 'k-2', personal: { parcel: secrets.parcel } },
      { kind: 'conversion', id: 'o-2', personal: { iban: secrets.iban } },
    ])
    expect(await place.ok('personal', 'advocate', 'anna', '--json')).toBe('[]\n')
  })

  it('is gone once they are forgotten, while everything that was counted stands', async () => {
    const before = await earned()
    cpSync(join(place.data, 'personal.db'), place.path('older-keys.db'))
    expect(await place.ok('forget', 'customer', 'k-2', '--reason', 'asked to')).toBe(
      ['customer k-2', 'visitor v-2', 'conversion o-2']
        .map((who) => `${who} of summer is forgotten: their personal data can be read no more.\n`)
        .join(''),
    )
    expect(await place.ok('personal', 'customer', 'k-2', '--json')).toBe('[]\n')
    expect(JSON.parse(await place.ok('personal', 'customer', 'k-3', '--json'))).toMatchObject([
      { personal: { name: 'Somebody Else' } },
    ])
    expect(await earned()).toBe(before)
    expect(
      await place.ok('sql', 'SELECT subject, subject_id, reason FROM erasures ORDER BY position', '--format', 'TSV'),
    ).toBe('customer\tk-2\tasked to\nvisitor\tv-2\tasked to\nconversion\to-2\tasked to\n')
    await place.ok('verify')
  })

  it('does not come back when the same events are sent again', async () => {
    const again = await place.vouch('import', 'people.ndjson', '--json')
    expect(JSON.parse(again.out)).toMatchObject({ appended: 0, duplicate: 5, conflict: 1, rejected: 1 })
    expect(await place.ok('personal', 'customer', 'k-2', '--json')).toBe('[]\n')
    expect(filesWith(place.data, Object.values(secrets))).toEqual([])
  })

  it('does not come back with an older copy of the keys either', async () => {
    await place.server?.stop()
    cpSync(place.path('older-keys.db'), join(place.data, 'personal.db'))
    const own = (...words: string[]) => place.start(words).ended
    expect((await own('personal', 'customer', 'k-2', '--json')).out).toBe('[]\n')
    expect(JSON.parse((await own('personal', 'customer', 'k-3', '--json')).out)).toHaveLength(1)
  })
})

describe('forgetting', () => {
  let place: Place
  beforeEach(async () => {
    place = await openPlace()
    place.write('a.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'a.ndjson')
  })
  afterEach(() => place.close())

  it('names what is wrong with what was asked', async () => {
    expect(await place.vouch('forget', 'customer', 'nobody')).toMatchObject({
      code: 1,
      out: '',
      err: 'No program knows customer nobody, so nobody was forgotten; name one with --program to forget them before they come.\n',
    })
    expect(await place.vouch('forget', 'shop', 'k-1')).toMatchObject({
      code: 2,
      err: expect.stringContaining('It must be one of customer, visitor, advocate, conversion'),
    })
    expect(await place.vouch('personal', 'customer', 'nobody')).toMatchObject({
      code: 1,
      err: 'No personal data is kept about customer nobody.\n',
    })
  })

  it('can come before anything personal does', async () => {
    const said = JSON.parse(await place.ok('forget', 'customer', 'k-9', '--program', 'summer', '--json'))
    expect(said).toEqual({ forgotten: [{ programId: 'summer', kind: 'customer', id: 'k-9', position: 12 }] })
    const late = withPersonal(event('signup', 's-9', '2026-03-06T11:00:00Z', { customerId: 'k-9' }), {
      name: secrets.name,
    })
    place.write('late.ndjson', ndjson([late]))
    await place.ok('import', 'late.ndjson')
    expect(
      await place.ok('sql', "SELECT data.personal.forgotten FROM events WHERE event_id = 's-9'", '--format', 'TSV'),
    ).toBe('true\n')
    expect(filesWith(place.data, Object.values(secrets))).toEqual([])
  })
})

describe('the master key', () => {
  let place: Place
  const key = Buffer.alloc(32, 7).toString('base64')
  const under = (masterKey: string, ...words: string[]) =>
    place.start(words, { env: { VOUCH_MASTER_KEY: masterKey } }).ended
  beforeEach(async () => {
    place = await openPlace()
    place.write('a.ndjson', ndjson([published(), ...about]))
  })
  afterEach(() => place.close())

  it('is that of the environment, and is kept nowhere then', async () => {
    expect(await under(key, 'import', 'a.ndjson')).toMatchObject({ code: 0, err: '' })
    expect(readdirSync(place.data)).not.toContain('master.key')
    const hex = Buffer.alloc(32, 7).toString('hex')
    expect(JSON.parse((await under(hex, 'personal', 'customer', 'k-3', '--json')).out)).toHaveLength(1)
  })

  it('must be the one that was used; another one, or none, is named, and nothing starts', async () => {
    await under(key, 'import', 'a.ndjson')
    const path = join(place.data, 'personal.db')
    const other = Buffer.alloc(32, 8).toString('base64')
    expect(await under(other, 'sql', 'SELECT 1')).toMatchObject({
      code: 1,
      out: '',
      err: `The master key from VOUCH_MASTER_KEY is not the one that ${path} was made with; use that one.\n`,
    })
    expect(await place.vouch('sql', 'SELECT 1')).toMatchObject({
      code: 1,
      out: '',
      err: `The keys of personal data in ${path} are under a master key that is not here: set VOUCH_MASTER_KEY to it.\n`,
    })
    expect(readdirSync(place.data)).not.toContain('master.key')
  })

  it('is never shown when it is not one', async () => {
    const said = await under('hunter2hunter2', 'doctor')
    expect(said).toMatchObject({
      code: 2,
      out: '',
      err: 'VOUCH_MASTER_KEY is not right: 32 random bytes in base64 or hex, such as openssl rand -base64 32 prints.\n',
    })
  })

  it('may move from the folder to the environment', async () => {
    expect(await place.vouch('import', 'a.ndjson')).toMatchObject({ code: 0 })
    const moved = readFileSync(join(place.data, 'master.key'), 'utf8')
    rmSync(join(place.data, 'master.key'))
    expect(JSON.parse((await under(moved, 'personal', 'customer', 'k-3', '--json')).out)).toHaveLength(1)
  })
})
