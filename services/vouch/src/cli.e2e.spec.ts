import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place } from './testing/place.ts'
import { start } from './testing/process.ts'
import { version } from './version.ts'

describe('the command line', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace()
  })
  afterAll(() => place.close())

  it('says what there is', async () => {
    const bare = await place.vouch()
    expect(bare).toMatchObject({ code: 2, out: '' })
    expect(bare.err).toMatch(/^Usage: vouch \[options\] \[command\]\n/)
    const help = await place.vouch('help')
    expect(help).toMatchObject({ code: 0, err: '' })
    for (const command of [
      'demo',
      'start',
      'import',
      'program',
      'sql',
      'explain',
      'rebuild',
      'verify',
      'doctor',
      'keys',
    ])
      expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'))
    expect(await place.ok('--version')).toBe(`${version}\n`)
  })

  it('takes --data before and after the command, before VOUCH_DATA, before .vouch', async () => {
    const doctor = async (words: readonly string[], env = {}) => {
      const { code, out, err } = await start(words, { cwd: place.dir, env }).ended
      expect({ code, err }).toEqual({ code: 0, err: '' })
      return /data folder: (\S+),/.exec(out)?.[1]
    }
    expect(await doctor(['--data', 'a', 'doctor'], { VOUCH_DATA: 'c' })).toBe(place.path('a'))
    expect(await doctor(['doctor', '--data', 'b'], { VOUCH_DATA: 'c' })).toBe(place.path('b'))
    expect(await doctor(['doctor'], { VOUCH_DATA: 'c' })).toBe(place.path('c'))
    expect(await doctor(['doctor'])).toBe(place.path('.vouch'))
    expect(await doctor(['doctor'], { VOUCH_DATA: '' })).toBe(place.path('.vouch'))
    expect((await place.vouch('keys', '--data', 'a', 'list')).code).toBe(0)
  })

  it.each([
    [{ VOUCH_WAREHOUSE: 'http://u:p@host:8123/vouch' }, 'VOUCH_WAREHOUSE'],
    [{ VOUCH_EVENT_STORE: 'esdb://localhost:2113' }, 'VOUCH_EVENT_STORE'],
    [{ KAFKA_BROKERS: 'localhost:9092' }, 'KAFKA_BROKERS'],
    [{ VOUCH_LOG_LEVEL: 'loud' }, 'VOUCH_LOG_LEVEL'],
  ])('starts nothing with %j', async (env, name) => {
    const { code, out, err } = await place.start(['doctor'], { env }).ended
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err.startsWith(`${name} is `)).toBe(true)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  it('lets two commands on one folder not get into each other', async () => {
    const ended = await Promise.all([1, 2, 3].map(() => place.vouch('doctor', '--data', 'shared')))
    const codes = ended.map(({ code }) => code)
    expect(codes).toContain(0)
    for (const { code, err } of ended) {
      if (code === 0) continue
      expect(code).toBe(1)
      expect(err).toMatch(/^The data folder \S+shared is in use by .*\. Stop it first, or name another folder\.\n$/)
    }
  })
})
