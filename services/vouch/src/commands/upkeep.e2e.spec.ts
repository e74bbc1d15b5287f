import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place, ways } from '../testing/place.ts'
import { ndjson, published, story } from '../testing/samples.ts'

describe.each(ways)('looking after a data folder, $way', ({ served }) => {
  let place: Place
  const paid = async (database: string) =>
    (
      await place.ok(
        'sql',
        `SELECT count() AS n, sum(amount) AS paid FROM ${database}.rewards`,
        '--format',
        'JSONEachRow',
      )
    ).trim()

  beforeAll(async () => {
    place = await openPlace({ served })
    place.write('story.ndjson', ndjson([published(), ...story]))
    await place.ok('import', 'story.ndjson')
  })
  afterAll(() => place.close())

  it('vouch rebuild makes the same tables anew', async () => {
    const before = await paid('vouch')
    expect(await place.ok('rebuild')).toBe('Database vouch now shows the log up to position 11, folded anew.\n')
    expect(await paid('vouch')).toBe(before)
    expect(before).toBe('{"n":"2","paid":"6.5"}')
  })

  it('vouch rebuild --to-position shows what was known then, beside what is known now', async () => {
    expect(await place.ok('rebuild', '--to-position', '10', '--json')).toBe('{"database":"vouch_asof","position":10}\n')
    expect(await paid('vouch_asof')).toBe('{"n":"1","paid":"10"}')
    expect(await paid('vouch')).toBe('{"n":"2","paid":"6.5"}')
  })

  it('vouch verify finds nothing', async () => {
    expect(await place.ok('verify')).toMatch(
      /^\d+ tables equal the fold of the log up to position 11, and \d+ laws hold\.\nThe log is as it was sealed \(0 seals\); now it is 11:[0-9a-f]{64}\.\n$/,
    )
  })

  it('vouch doctor finds nothing', async () => {
    const text = await place.ok('doctor', '--deep')
    expect(text.split('\n').map((line) => line.replace(/:.*/, ''))).toEqual([
      'ok   data folder',
      'ok   runtime',
      'ok   event store',
      'ok   log integrity',
      'ok   warehouse',
      'ok   projection',
      'ok   people',
      'ok   seals',
      'ok   personal data',
      'ok   keys',
      '',
    ])
    expect(text).toContain('ok   projection: at the head of the log (11)\n')
  })

  it('vouch keys makes, lists and revokes keys', async () => {
    expect(await place.ok('keys', 'list')).toBe(
      'There is no key: a server on this folder binds to loopback only and asks for none.\n',
    )
    const made = await place.vouch('keys', 'create', '--scopes', 'ingest, read', '--name', 'the shop')
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^vouch_[A-Za-z0-9_-]{43}\n$/) })
    const id = /^Key ([0-9a-f]{12}) may ingest, read\. The token above is kept nowhere: note it now\.\n$/.exec(
      made.err,
    )?.[1]
    expect(await place.ok('keys', 'list')).toMatch(new RegExp(`^${id}  ingest,read  the shop  made \\S+Z  works\n$`))
    const json = JSON.parse(await place.ok('keys', 'create', '--scopes', 'admin', '--json'))
    expect(json).toEqual({ id: expect.any(String), token: expect.stringMatching(/^vouch_/), scopes: ['admin'] })
    expect(await place.ok('keys', 'revoke', String(id))).toBe(`Key ${id} no longer works.\n`)
    expect(await place.vouch('keys', 'revoke', String(id))).toMatchObject({
      code: 1,
      out: '',
      err: `There is no working key ${id}; vouch keys list shows all.\n`,
    })
    const list = JSON.parse(await place.ok('keys', 'list', '--json'))
    expect(
      list.map(({ name, scopes, revokedAt }: Record<string, unknown>) => [name, scopes, revokedAt !== undefined]),
    ).toEqual([
      ['the shop', ['ingest', 'read'], true],
      ['', ['admin'], false],
    ])
    // Neither the tokens nor their hashes are shown.
    expect(JSON.stringify(list)).not.toMatch(/hash|vouch_/)
    expect(place.read('data/keys.json')).not.toContain(made.out.trim())
  })
})
